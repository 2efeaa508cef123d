package main

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"

	"recourse/internal/furnish"
	"recourse/internal/kit/apikit"
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
	_, raw, err := k.send(s.ctx, http.MethodGet, path, "", "", nil)
	if err != nil {
		return err
	}
	if _, err := check(string(raw), k.keys); err != nil {
		return fmt.Errorf("what the registry gave does not hold, so it is not kept: %w", err)
	}
	if c.Keys != "" {
		keys, err := json.Marshal(k.keys)
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Keys, append(keys, '\n'), 0o644); err != nil {
			return fmt.Errorf("writing --keys: %w", err)
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
	File string `arg:"" help:"Receipt or proof." type:"existingfile"`
	Keys string `help:"The registry's public keys, as receipt save --keys wrote them. Keep them from another day or way than the receipt." required:"" type:"existingfile"`
	Row  int64  `help:"Number of the row that the proof must be about."`
}

// Run says what holds.
func (c *receiptVerifyCmd) Run(s *session) error {
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the receipt: %w", err)
	}
	var keys apikit.KeySet
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
	_, _ = fmt.Fprintf(s.out, "%s states of delivery %s: %d rows\n", got.Origin, got.Delivery, got.Rows)
	for _, f := range got.Facts {
		_, _ = fmt.Fprintln(s.out, " ", f)
	}
	if got.Row != 0 {
		_, _ = fmt.Fprintf(s.out, "row %d: %s\n", got.Row, got.Outcome)
	}
	return nil
}

// notVerified is a proof that does not hold.
type notVerified struct{ error }

// check checks a receipt or a proof with the keys of a set.
func check(text string, set apikit.KeySet) (furnish.Checked, error) {
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
