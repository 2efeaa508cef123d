package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"recourse/client"
	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishapi"
	"recourse/internal/kit/codekit"
	"recourse/internal/ref"
)

// furnishCmd tries or sends one file.
type furnishCmd struct {
	server `embed:""`
	spoken `embed:""`
	File   string `arg:"" help:"CSV, JSON Lines or XLSX with the header of the type." type:"existingfile"`
	Type   string `help:"Type of the records." required:""`
	Commit bool   `help:"Send the file. Without this it is only tried, and nothing is kept."`
	Errors string `help:"File to write the rows that are not taken to, in the same format, with what to mend." placeholder:"FILE"`
	Key    string `help:"Idempotency key; empty for one made from file and type, so that the same file sent again is known as a repeat and goes on where it was cut."`
	JSON   bool   `help:"Print the registry's answer as JSON."`
}

// rowsLeft says that rows of a file that was read were not taken.
type rowsLeft struct{ text string }

// Error is the sentence for the user.
func (r rowsLeft) Error() string { return r.text }

// fileRefused is a fault of the whole file.
type fileRefused struct{ error }

// Unwrap returns the fault.
func (f fileRefused) Unwrap() error { return f.error }

// Run prints what became of the rows, or what would become of them.
func (c *furnishCmd) Run(s *session) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("opening the delivery: %w", err)
	}
	defer func() { _ = f.Close() }()
	key, err := c.key(f)
	if err != nil {
		return err
	}
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	sent, err := c.send(s, k, f, key)
	if err != nil {
		return err
	}
	if c.JSON {
		err = s.writeJSON(sent)
	} else {
		err = c.print(s, sent)
	}
	if err != nil {
		return err
	}
	return c.left(s, k, f, sent)
}

// key is that of the delivery; a dry run needs none that lasts.
func (c *furnishCmd) key(f *os.File) (string, error) {
	if !c.Commit {
		id, err := ref.Mint[ref.Trial](rand.Reader)
		return id.String(), err
	}
	if c.Key != "" {
		return c.Key, nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("reading the delivery: %w", err)
	}
	_, err := f.Seek(0, io.SeekStart)
	return furnish.FileKey(c.Type, [32]byte(sum.Sum(nil))), err
}

func (c *furnishCmd) send(s *session, k *client.Client, f *os.File, key string) (sent furnishapi.Sent, err error) {
	info, err := f.Stat()
	if err != nil {
		return sent, fmt.Errorf("reading the delivery: %w", err)
	}
	bar := s.progress(c.say("sent", "已发送"), info.Size())
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return sent, fmt.Errorf("reading the delivery: %w", err)
	}
	err = told(k.Furnish(s.ctx, client.Delivery{Type: c.Type, Key: key, Try: !c.Commit, Body: f, Watch: bar}, &sent))
	bar.end()
	if fault.Of(err).Kind == fault.Invalid && err != nil {
		err = fileRefused{err}
	}
	return sent, err
}

// print says what became of the rows.
func (c *furnishCmd) print(s *session, d furnishapi.Sent) error {
	if d.Form != nil {
		_, _ = fmt.Fprintln(s.talk, c.form(*d.Form))
	}
	head := c.say("delivery", "报送") + " " + d.Delivery
	if d.DryRun {
		head = c.say("dry run", "试运行")
	}
	_, err := fmt.Fprintf(s.out, "%s: %s\n", head, c.counts(d.Counts))
	for _, f := range d.Findings {
		text, fix := c.word(f)
		_, _ = fmt.Fprintf(s.out, "%s %d %s %s %s: %s %s\n", c.say("row", "行"), f.Row, f.Outcome, f.Code, f.Field, text, fix)
	}
	if d.Next != "" {
		_, _ = fmt.Fprintln(s.talk, c.say("There are more findings; --errors FILE writes all of them.", "还有更多；用 --errors FILE 写出全部。"))
	}
	switch {
	case d.DryRun:
		_, _ = fmt.Fprintln(s.talk, c.say("This was a dry run: nothing was kept. To send the file, add --commit.", "这是试运行，没有保存任何内容。要报送，加上 --commit。"))
	case d.Replayed:
		_, _ = fmt.Fprintln(s.talk, c.say("This file was delivered before; nothing was done again.", "这个文件以前报送过，没有重复处理。"))
	}
	return err
}

func (c *furnishCmd) form(f furnishapi.Form) string {
	switch furnish.Format(f.Format) {
	case furnish.XLSX:
		return c.say("read as XLSX, sheet %s", "按 XLSX 读取，工作表 %s", f.Sheet)
	case furnish.CSV:
		return c.say("read as CSV in %s, cells parted by %q", "按 %s 编码的 CSV 读取，分隔符 %q", f.Encoding, f.Delimiter)
	}
	return c.say("read as JSON Lines in %s", "按 %s 编码的 JSON Lines 读取", f.Encoding)
}

func (c *furnishCmd) counts(n furnishapi.Counts) string {
	out := c.say("%d rows: %d new, %d changed, %d unchanged", "%d 行：新增 %d，变更 %d，未变 %d", n.Rows, n.New, n.Changed, n.Unchanged)
	if n.Withdrawn > 0 {
		out += c.say(", %d withdrawn", "，撤回 %d", n.Withdrawn)
	}
	return out + c.say(", %d stale, %d quarantined, %d refused", "，较旧 %d，搁置 %d，拒收 %d", n.Stale, n.Quarantined, n.Refused)
}

// word says a finding in the language of the command.
func (c *furnishCmd) word(f furnishapi.Finding) (text, fix string) {
	if c.Lang == "zh" {
		if book, err := codekit.Open(); err == nil {
			if text, fix, ok := book.Say(f.Code, c.Lang); ok {
				return text, fix
			}
		}
	}
	return f.Text, f.Fix
}

// left writes the rows that were not taken, where that was asked for, and ends
// the command with a code that says that there are some.
func (c *furnishCmd) left(s *session, k *client.Client, f *os.File, d furnishapi.Sent) error {
	not := d.Counts.Stale + d.Counts.Quarantined + d.Counts.Refused
	if not == 0 {
		return nil
	}
	if c.Errors != "" {
		if err := c.writeErrors(s.ctx, k, f, d); err != nil {
			return err
		}
		_, _ = fmt.Fprintln(s.talk, c.say("The rows to mend are in %s. Mend them, take the added columns out, and send that file: rows are matched, not doubled.",
			"要修改的行在 %s 中。改好后删去新加的列，再报送该文件：各行按编号核对，不会重复。", c.Errors))
	}
	if d.DryRun {
		return rowsLeft{c.say("%d of %d rows would not be taken", "%[2]d 行中有 %[1]d 行不会接收", not, d.Counts.Rows)}
	}
	return rowsLeft{c.say("%d of %d rows were not taken", "%[2]d 行中有 %[1]d 行未接收", not, d.Counts.Rows)}
}

// writeErrors joins the rows of the file with what the registry found of them.
func (c *furnishCmd) writeErrors(ctx context.Context, k *client.Client, f *os.File, d furnishapi.Sent) (err error) {
	if same(c.File, c.Errors) {
		return usageError("--errors names the file that is sent")
	}
	m, err := c.mending(ctx, k, d)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(c.Errors, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("writing --errors: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading the delivery again: %w", err)
	}
	return mend(ctx, f, out, m)
}

func same(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
