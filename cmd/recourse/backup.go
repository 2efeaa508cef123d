package main

import (
	"fmt"
	"os"
	"time"

	"recourse/internal/app"
)

// backupCmd writes an installation into one file.
type backupCmd struct {
	app.BackupC `embed:""`
}

// Run writes it and says for how long it can be opened, and with what.
func (c *backupCmd) Run(s *session) error {
	b, err := app.Backup(s.ctx, c.BackupC, s.logger(false))
	if err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return fmt.Errorf("looking at the backup: %w", err)
	}
	_, _ = fmt.Fprintf(s.out, "%s: %s, vault %s, %d tables with %d rows, %d bytes\n", c.File, b.Mode, b.Vault, len(b.Copy.Tables), b.Rows(), info.Size())
	_, _ = fmt.Fprintf(s.out, "it opens with root key %s until %s, and then for nobody\n", b.Root, b.Until.Format(time.DateOnly))
	if c.Keys == "" {
		_, _ = fmt.Fprintf(s.talk, "The key lies only where the vault keeps it: should that be lost too, nobody can open this file. With --keys DIR it is copied, to another medium.\n")
		return nil
	}
	_, _ = fmt.Fprintf(s.talk, "The key was copied into %s. Keep it apart from the backup and destroy it by %s, or erased content stays readable.\n", c.Keys, b.Until.Format(time.DateOnly))
	return nil
}
