package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"recourse/internal/app"
)

// restoreCmd makes an installation out of a backup.
type restoreCmd struct {
	app.RestoreC `embed:""`
	Check        bool `help:"Read the backup to its end, say what it is, and change nothing."`
}

// Run restores and looks through all of it: vault against database, log against
// journals.
func (c *restoreCmd) Run(s *session) error {
	if c.Check {
		b, err := app.CheckBackup(s.ctx, c.File, c.Keys)
		if err == nil {
			_, _ = fmt.Fprintf(s.out, "%s is whole: %s\n", c.File, asBackup(b))
		}
		return err
	}
	config, b, err := app.Restore(s.ctx, c.RestoreC, s.logger(false))
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(s.out, "restored into %s: %s\n", c.DataDir, asBackup(b))
	report := audited{out: s.out}
	if err := app.Audit(s.ctx, config, s.logger(false), report.line); err != nil {
		return err
	}
	if report.bad || !report.whole {
		return notVerified{errors.New("what was restored does not agree with its log: do not serve it")}
	}
	flags, err := serving(config)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(s.out, "to serve it as it was: recourse serve %s\n", strings.Join(flags, " "))
	_, _ = fmt.Fprintf(s.talk, "What was done after %s is not in it. Where witnesses or others saw a longer log, they will say so.\n", b.MadeAt.UTC().Format(time.RFC3339))
	return nil
}

func asBackup(b app.BackupAbout) string {
	return fmt.Sprintf("%s, vault %s, %d tables with %d rows, written %s by recourse %s", b.Mode, b.Vault, len(b.Copy.Tables), b.Rows(), b.MadeAt.UTC().Format(time.RFC3339), b.Program)
}

// serving returns the flags that give a configuration.
func serving(c app.Config) (flags []string, err error) {
	var as struct {
		app.Config `embed:""`
	}
	k, err := kong.New(&as, kong.Exit(func(int) {}))
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	as.Config = c
	for _, f := range k.Model.Flags {
		value := fmt.Sprint(f.Target.Interface())
		switch {
		case f.Name == "help" || value == f.Default || f.Default == "" && f.Target.IsZero():
		case f.IsBool():
			flags = append(flags, "--"+f.Name)
		default:
			flags = append(flags, "--"+f.Name+"="+quoted(value))
		}
	}
	return flags, nil
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if strings.ContainsAny(word, " \t\n'\"\\$`&;|<>()*?[]#~!{}") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}
