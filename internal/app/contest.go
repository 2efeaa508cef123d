package app

import (
	"context"

	"recourse/internal/fault"
	"recourse/internal/paper"
	"recourse/internal/paper/paperclamd"
)

// scanner is what looks at evidence for malware.
func (h *House) scanner() paper.Scanner {
	if h.cfg.ScanClamd != "" {
		return paperclamd.Scanner{Address: h.cfg.ScanClamd}
	}
	return unscanned{sandbox: h.cfg.Mode == Sandbox}
}

// unscanned takes files unseen where the people are made up, and none elsewhere.
type unscanned struct{ sandbox bool }

// Scan is paper.Scanner.Scan.
func (u unscanned) Scan(context.Context, []byte) error {
	if u.sandbox {
		return nil
	}
	return fault.New(fault.Unavailable, "E-EVIDENCE-NO-SCAN", "This registry cannot look at files for malware and takes none here. Nothing was kept, and what you wrote is not lost. Send the contest without the file, and bring the file to the counter or by post.").At("file")
}

// tendContests tells and tidies; nothing waits for it.
func (h *House) tendContests(ctx context.Context) (bool, error) {
	return h.keepers.dispute.Tend(ctx, h.clock.Now())
}
