package main

import (
	"fmt"
	"path/filepath"
	"time"

	"recourse/internal/app"
	"recourse/internal/kit/clock"
	"recourse/internal/when"
)

type vaultCmd struct {
	Serve vaultServeCmd `cmd:"" help:"Serve the vault as a process of its own, on a Unix socket."`
}

// vaultServeCmd keeps the keys away from the process that serves the registry.
type vaultServeCmd struct {
	DataDir           string   `help:"Folder of the vault." default:"data" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
	Socket            string   `help:"Where to listen; empty for vault.sock in the folder." placeholder:"PATH"`
	Mode              app.Mode `help:"sandbox or production; fixed when the vault is made." default:"production" enum:"sandbox,production" env:"RECOURSE_MODE"`
	Create            bool     `help:"Make a vault where there is none. Without it a missing store is an error, so that a lost one is not taken for a first start."`
	AcceptWeakErasure bool     `name:"kms-file-accept-weak-erasure" help:"Use root keys kept in files in production." env:"RECOURSE_KMS_FILE_ACCEPT_WEAK_ERASURE"`
}

// Run serves until it is stopped.
func (c *vaultServeCmd) Run(s *session) error {
	var clk clock.Clock
	now := clk.Now()
	v, err := app.OpenLocalVault(s.ctx, app.LocalVaultConfig{DataDir: c.DataDir, Mode: c.Mode, AcceptWeakErasure: c.AcceptWeakErasure,
		Create: c.Create, Now: now, Today: when.In(now, time.UTC)})
	if err != nil {
		return err
	}
	defer func() { _ = v.Close() }()
	socket := c.Socket
	if socket == "" {
		socket = filepath.Join(c.DataDir, "vault.sock")
	}
	return app.ServeVault(s.ctx, v, socket, s.logger(false), func() { _, _ = fmt.Fprintf(s.out, "the vault is ready at %s\n", socket) })
}
