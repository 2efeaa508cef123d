package main

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"recourse/client"
	"recourse/internal/furnish"
	"recourse/internal/kit/apikit"
	"recourse/internal/proof"
)

// receiptCmd is what a body keeps of its deliveries to prove them.
type receiptCmd struct {
	Save   receiptSaveCmd   `cmd:"" help:"Save the signed receipt of a delivery, or the proof of one of its rows."`
	Verify receiptVerifyCmd `cmd:"" help:"Check a receipt or a proof without the registry."`
}

type receiptSaveCmd struct {
	server   `embed:""`
	Delivery string `arg:"" help:"Number of the delivery (B-…)."`
	Row      int64  `help:"Number of a row, from 1: its proof instead of the receipt."`
	Out      string `help:"File to write; empty for standard output." placeholder:"FILE"`
	Keys     string `help:"File to write the registry's public keys to, with which it is checked." placeholder:"FILE"`
	Logged   string `help:"File to write the receipt of the delivery from the public log to." placeholder:"FILE"`
}

// Run writes the receipt or the proof, and the keys.
func (c *receiptSaveCmd) Run(s *session) error {
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	path := apikit.Prefix + "/deliveries/" + c.Delivery + "/receipt"
	if c.Row != 0 {
		path = apikit.Prefix + "/deliveries/" + c.Delivery + "/proofs/" + strconv.FormatInt(c.Row, 10)
	}
	raw, err := k.Fetch(s.ctx, path)
	if err != nil {
		return told(err)
	}
	if _, err := check(string(raw), k.Answers()); err != nil {
		return fmt.Errorf("what the registry gave does not hold, so it is not kept: %w", err)
	}
	if c.Keys != "" {
		keys, err := json.Marshal(k.Answers())
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Keys, append(keys, '\n'), 0o644); err != nil {
			return fmt.Errorf("writing --keys: %w", err)
		}
	}
	if c.Logged != "" {
		logged, err := k.Fetch(s.ctx, apikit.Prefix+"/deliveries/"+c.Delivery+"/log")
		if err != nil {
			return told(err)
		}
		if err := os.WriteFile(c.Logged, logged, 0o644); err != nil {
			return fmt.Errorf("writing --logged: %w", err)
		}
	}
	if c.Out == "" {
		_, err = s.out.Write(raw)
		return err
	}
	if err := os.WriteFile(c.Out, raw, 0o644); err != nil {
		return fmt.Errorf("writing --out: %w", err)
	}
	return nil
}

type receiptVerifyCmd struct {
	File   string `arg:"" help:"Receipt or proof." type:"existingfile"`
	Keys   string `help:"The registry's public keys, as receipt save --keys wrote them. Keep them from another day or way than the receipt." required:"" type:"existingfile"`
	Row    int64  `help:"Number of the row that the proof must be about."`
	Logged string `help:"Receipt of the delivery from the public log, as receipt save --logged wrote it: it must stand for this receipt or proof." type:"existingfile" placeholder:"FILE"`
	LogKey string `help:"The log's public key, as the registry serves it under /log/key. Needed with --logged." type:"existingfile" placeholder:"FILE"`
}

// Run says what holds.
func (c *receiptVerifyCmd) Run(s *session) error {
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the receipt: %w", err)
	}
	var keys client.KeySet
	text, err := os.ReadFile(c.Keys)
	if err != nil {
		return fmt.Errorf("reading --keys: %w", err)
	}
	if err := json.Unmarshal(text, &keys); err != nil {
		return usageError("--keys holds no keys")
	}
	got, err := check(string(raw), keys)
	if err != nil {
		return notVerified{err}
	}
	if c.Row != 0 && got.Row != c.Row {
		return notVerified{errors.New("this is no proof of row " + strconv.FormatInt(c.Row, 10))}
	}
	if c.Logged != "" {
		if err := c.stands(s, got); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(s.out, "%s states of delivery %s: %d rows\n", got.Origin, got.Delivery, got.Rows)
	for _, f := range got.Facts {
		_, _ = fmt.Fprintln(s.out, " ", f)
	}
	if got.Row != 0 {
		_, _ = fmt.Fprintf(s.out, "row %d: %s\n", got.Row, got.Outcome)
	}
	return nil
}

// stands checks that the public log holds the delivery under the same root.
func (c *receiptVerifyCmd) stands(s *session, got furnish.Checked) error {
	if c.LogKey == "" {
		return usageError("--logged needs --log-key")
	}
	key, err := os.ReadFile(c.LogKey)
	if err != nil {
		return fmt.Errorf("reading --log-key: %w", err)
	}
	text, err := os.ReadFile(c.Logged)
	if err != nil {
		return fmt.Errorf("reading --logged: %w", err)
	}
	trust, err := proof.NewTrust(string(key), nil)
	if err != nil {
		return usageError("--log-key holds no key")
	}
	p, err := trust.CheckReceipt(string(text))
	if err != nil {
		return notVerified{err}
	}
	if p.Stream == nil || !got.Stands(p.Event.Kind, *p.Stream, p.Event.Facts["root"]) {
		return notVerified{errors.New("the receipt from the log is of another delivery, or of other rows")}
	}
	_, err = fmt.Fprintf(s.out, "entry %d of the public log %s\n", p.Index, p.Seen.Origin)
	return err
}

// notVerified is a proof that does not hold.
type notVerified struct{ error }

// check checks a receipt or a proof with the keys of a set.
func check(text string, set client.KeySet) (furnish.Checked, error) {
	var keys []ed25519.PublicKey
	for _, k := range set.Keys {
		if key, ok := set.Public(k.ID); ok {
			keys = append(keys, key)
		}
	}
	if strings.HasPrefix(text, "c2sp.org/tlog-proof") {
		return furnish.CheckProof(text, keys)
	}
	return furnish.CheckReceipt(text, keys)
}
