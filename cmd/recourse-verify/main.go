// Command recourse-verify checks what a registry cannot take back: receipts, files of
// receipts, checkpoints, and whole copies of the public log. It needs no registry and
// no database, and trusts what its user names: the key of a log and a policy of
// witnesses.
//
// Results go to standard output, talk to standard error. Exit codes: 0 holds, 1
// failed, 2 wrong usage, 5 does not hold, 6 not reachable
// (docs/reference/exit-codes.md).
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"recourse/internal/fault"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/codekit/meaning"
)

// cli is every command; each is a file of its own.
type cli struct {
	Lang string `help:"Language of the answer." default:"en" enum:"zh,en" env:"RECOURSE_LANG"`
	JSON bool   `name:"json" help:"Answer in JSON."`

	Receipt     receiptCmd     `cmd:"" help:"Check receipts: what was done, where it stands in the log, who saw it."`
	File        fileCmd        `cmd:"" help:"Check a person's file of receipts, and that nothing about the person is withheld."`
	Answer      answerCmd      `cmd:"" help:"Check the signature of answers that the API gave."`
	Consistency consistencyCmd `cmd:"" help:"Check that a log only grew between two checkpoints."`
	Audit       auditCmd       `cmd:"" help:"Check a whole log, or a copy of one, entry by entry."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// session is what every command gets.
type session struct {
	ctx  context.Context
	out  io.Writer // results
	talk io.Writer // everything else
	now  time.Time
	lang string
	json bool
	book meaning.Book
}

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &session{ctx: ctx, out: os.Stdout, talk: os.Stderr, now: (&clock.Clock{}).Now()}
	return s.run(os.Args[1:])
}

// run parses and runs one command line and returns its exit code.
func (s *session) run(args []string) int {
	exited := -1
	var c cli
	parser, err := kong.New(&c, kong.Name("recourse-verify"), kong.Description("Checks receipts and logs of a registry, without it."),
		kong.Writers(s.out, s.talk), kong.Exit(func(code int) { exited = code }), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		_, _ = fmt.Fprintln(s.talk, "recourse-verify:", err)
		return 1
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		_, _ = fmt.Fprintf(s.talk, "recourse-verify: %v\nFor what there is, run: recourse-verify --help\n", err)
		return 2
	}
	s.lang, s.json = c.Lang, c.JSON
	if s.book, err = meaning.Open(s.lang); err == nil {
		err = k.Run(s)
	}
	if err != nil && !errors.As(err, &doesNotHold{}) {
		_, _ = fmt.Fprintln(s.talk, "recourse-verify: "+s.sentence(err))
	}
	return exitCode(err)
}

// exitCode tells a caller what kind of failure it was.
func exitCode(err error) int {
	var f *fault.Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &doesNotHold{}):
		return 5
	case !errors.As(err, &f):
		return 1
	case f.Code == errTrust.Code:
		return 2
	case f.Kind == fault.Unavailable:
		return 6
	}
	return 1
}

// version is set when a release is built.
const version = "dev"

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s *session) error {
	_, err := fmt.Fprintln(s.out, "recourse-verify", version)
	return err
}

// doesNotHold says that something was checked and does not hold; it has been said.
type doesNotHold struct{}

// Error is never shown.
func (doesNotHold) Error() string { return "does not hold" }

// writeJSON prints v for machines.
func (s *session) writeJSON(v any) error {
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
