package main

import (
	"cmp"
	"context"
	"fmt"
	"net"

	"recourse/internal/app"
	"recourse/internal/app/world"
	"recourse/internal/fault"
)

type demoCmd struct {
	Serve demoServeCmd `cmd:"" default:"withargs" help:"Fill the sandbox and serve it. (default)"`
	Story demoStoryCmd `cmd:"" help:"Walk the main job in the terminal, against the sandbox that is being served."`
}

// demoServeCmd serves a sandbox that is filled with a pack's samples.
type demoServeCmd struct {
	DataDir string `help:"Folder of the sandbox; delete it to begin anew." default:"data/demo" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
	Listen  string `help:"Address to serve on." default:"127.0.0.1:8080" env:"RECOURSE_LISTEN" placeholder:"HOST:PORT"`
	People  int    `help:"How many people are made up." default:"20000"`
	Records int    `help:"How many records about them." default:"60000"`
	Pack    string `help:"Jurisdiction pack." default:"cn-hubei" env:"RECOURSE_PACK"`
	NoSync  bool   `name:"database-no-sync" help:"Let its PostgreSQL not wait for the disk: filled faster, and a power cut may take all of it." env:"RECOURSE_DATABASE_NO_SYNC"`
}

// Run fills the sandbox, prints where it is, and serves until it is stopped.
func (c *demoServeCmd) Run(s *session) error {
	cfg := app.Config{DataDir: c.DataDir, Mode: app.Sandbox, Listen: c.Listen, BaseURL: named(c.Listen), Pack: c.Pack, MinFreeMiB: 256, Database: app.Database{NoSync: c.NoSync}}
	err := app.Serve(s.ctx, cfg, s.logger(false), app.Calls{
		Prepare: func(ctx context.Context, h *app.House) error {
			size := world.Size{People: c.People, Records: c.Records, Days: app.DemoDays}
			return h.LoadDemo(ctx, size, newProgress(s).step)
		},
		Ready: func(r app.Running) { _, _ = fmt.Fprintf(s.out, demoReady, cmp.Or(cfg.BaseURL, r.URL), c.DataDir) },
	})
	if err != nil && fault.Of(err).Code == "E-PACK-EDITED" {
		return fmt.Errorf("%w\nIf another version of the program filled this sandbox, delete %s and start again", err, c.DataDir)
	}
	return err
}

// named is the address of what listens on this machine by its name: browsers keep passkeys
// for names alone. Empty where it can be reached from elsewhere, or its port is not known.
func named(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || port == "0" || host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return ""
	}
	return "http://localhost:" + port
}

const demoReady = `
Recourse is running with sample people. Nobody in it is real.

  The person's page     %[1]s/en/sandbox/sign-in   (choose a sample person)
  用中文                %[1]s/zh/sandbox/sign-in
  The desk of a body    %[1]s/en/clerk/sign-in     (choose a sample body)
  The calls             %[1]s/en/dev

  The whole job, told in the terminal:  bin/recourse demo story --data-dir %[2]s
  Ten minutes with it, step by step:    docs/tutorial/ten-minutes.md

Stop it with Ctrl-C. The next start is faster; it keeps what you did.
`

type demoStoryCmd struct {
	DataDir string `help:"Folder of the sandbox that is being served." default:"data/demo" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
	Pack    string `help:"Its jurisdiction pack." default:"cn-hubei" env:"RECOURSE_PACK"`
	NoSync  bool   `name:"database-no-sync" help:"Let its PostgreSQL not wait for the disk: filled faster, and a power cut may take all of it." env:"RECOURSE_DATABASE_NO_SYNC"`
}

// Run tells the story, a numbered step a line.
func (c *demoStoryCmd) Run(s *session) error {
	step := 0
	err := app.TellStory(s.ctx, c.DataDir, c.Pack, func(t app.Told) {
		step++
		_, _ = fmt.Fprintf(s.out, "%d. %s\n", step, t.Text)
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "\nEverything above went through the calls and pages of the running server. Set its clock back with: recourse sandbox clock now")
	return err
}
