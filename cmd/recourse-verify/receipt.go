package main

// receiptCmd checks receipts.
type receiptCmd struct {
	trusted `embed:""`
	Files   []string `arg:"" name:"file" help:"Receipts, each a file (C2SP tlog-proof)."`
}

// shownReceipt is what a receipt shows, for machines.
type shownReceipt struct {
	Event      shownEvent      `json:"event"`
	Checkpoint shownCheckpoint `json:"checkpoint"`
}

// Run checks each and says what it shows.
func (c *receiptCmd) Run(s *session) error {
	trust, err := c.open()
	if err != nil {
		return err
	}
	var all []finding
	for _, name := range c.Files {
		text, err := read(name)
		if err != nil {
			return err
		}
		p, err := trust.CheckReceipt(text)
		if err == nil {
			err = c.fresh(p.Seen, s.now)
		}
		var shows any
		var lines []string
		if err == nil {
			r := shownReceipt{showEvent(p), showCheckpoint(p.Seen)}
			shows, lines = r, append(s.eventLines(r.Event), s.checkpointLines(r.Checkpoint)...)
		}
		f, err := s.found(name, shows, lines, err)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	return s.report(all...)
}
