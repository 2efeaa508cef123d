// Command recourse is the registry: it serves it, and it is how bodies and
// operators work with it from a terminal.
//
// Results go to standard output, talk to standard error. Exit codes: 0 done, 1
// failed, 2 wrong usage, 3 not allowed or refused by a rule, 4 not found, 5 not
// verified, 6 not
// reachable, 7 some rows not taken, 8 file refused (docs/reference/exit-codes.md).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"recourse/internal/app"
	"recourse/internal/fault"
)

// cli is every command; each is a file of its own.
type cli struct {
	Serve   serveCmd   `cmd:"" help:"Serve the registry until it is stopped."`
	Demo    demoCmd    `cmd:"" help:"Serve a sandbox with sample people, bodies and records."`
	Doctor  doctorCmd  `cmd:"" help:"Say, in order, what the operator has to fix."`
	Vault   vaultCmd   `cmd:"" help:"Work with the vault."`
	Clerk   clerkCmd   `cmd:"" help:"Make staff of bodies known and give them tokens."`
	Body    bodyCmd    `cmd:"" help:"List the bodies of the pack."`
	Pack    packCmd    `cmd:"" help:"Work with packs: the law as data."`
	Use     useCmd     `cmd:"" help:"Note, for a body, what it did with an answer."`
	Staff   staffCmd   `cmd:"" help:"Say, as heads of a body, who of it may what."`
	Key     keyCmd     `cmd:"" help:"Make the keys that requests of a body are signed with, and say which do."`
	Officer officerCmd `cmd:"" help:"Say who may sign packs."`
	Type    typeCmd    `cmd:"" help:"Work with types of records."`
	Furnish furnishCmd `cmd:"" help:"Send a delivery of records."`
	Receipt receiptCmd `cmd:"" help:"Keep and check what proves a delivery."`
	Explain explainCmd `cmd:"" help:"Say what the law lets a body see for a purpose, before anybody is asked about."`
	Inquire inquireCmd `cmd:"" help:"Ask about one person, for one purpose."`
	Consent consentCmd `cmd:"" help:"Ask for a consent."`
	Contest contestCmd `cmd:"" help:"Read and answer contests of your records; move their clocks."`
	Changes changesCmd `cmd:"" help:"Read and acknowledge what became of records that your body was given."`
	Webhook webhookCmd `cmd:"" help:"Say where changes are to be sent."`
	Letter  letterCmd  `cmd:"" help:"Note what became of letters."`
	Sandbox sandboxCmd `cmd:"" help:"Work with a sandbox."`
	Witness witnessCmd `cmd:"" help:"Watch the logs of other registries."`
	Log     logCmd     `cmd:"" help:"Work with the public log."`
	Audit   auditCmd   `cmd:"" help:"Compare the whole log with the journals, entry by entry."`
	Backup  backupCmd  `cmd:"" help:"Write database, vault, log and configuration into one sealed file, served or not."`
	Restore restoreCmd `cmd:"" help:"Make an installation out of a backup, and look through all of it."`
	Version versionCmd `cmd:"" help:"Print the version."`

	Outage    outageCmd    `cmd:"" help:"Say in which times nobody could work."`
	Retention retentionCmd `cmd:"" help:"Let records end earlier where the pack now says so."`
}

// session is what every command gets.
type session struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer // results
	talk   io.Writer // everything else
	getenv func(string) string
}

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &session{ctx: ctx, in: os.Stdin, out: os.Stdout, talk: os.Stderr, getenv: os.Getenv}
	return s.run(os.Args[1:])
}

// run parses and runs one command line and returns its exit code.
func (s *session) run(args []string) int {
	exited := -1
	var c cli
	parser, err := kong.New(&c, kong.Name("recourse"), kong.Description("A registry of official records about people in which due process is enforced by the software."),
		kong.Writers(s.out, s.talk), kong.Exit(func(code int) { exited = code }), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		_, _ = fmt.Fprintln(s.talk, "recourse:", err)
		return 1
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		_, _ = fmt.Fprintf(s.talk, "recourse: %v\nFor what there is, run: recourse --help\n", err)
		return 2
	}
	if err := k.Run(s); err != nil {
		_, _ = fmt.Fprintln(s.talk, "recourse:", err)
		s.explain(err, args)
		return exitCode(err)
	}
	return 0
}

// exitCode tells a caller what kind of failure it was.
func exitCode(err error) int {
	var usage usageError
	var left rowsLeft
	var file fileRefused
	var f *fault.Error
	switch {
	case errors.As(err, &usage):
		return 2
	case errors.As(err, &left):
		return 7
	case errors.As(err, &file):
		return 8
	case errors.As(err, &notVerified{}):
		return 5
	case !errors.As(err, &f):
		return 1
	}
	switch f.Kind {
	case fault.Refused, fault.Forbidden, fault.Unsigned:
		return 3
	case fault.NotFound:
		return 4
	case fault.Unavailable:
		return 6
	}
	return 1
}

// usageError is a wrong use that the parser cannot see.
type usageError string

// Error is the sentence for the user.
func (e usageError) Error() string { return string(e) }

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s *session) error {
	_, err := fmt.Fprintln(s.out, "recourse", app.Version)
	return err
}
