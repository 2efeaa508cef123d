package main

import (
	"context"
	"fmt"

	"recourse/internal/app"
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
}

// Run fills the sandbox, prints where it is, and serves until it is stopped.
func (c *demoServeCmd) Run(s *session) error {
	cfg := app.Config{DataDir: c.DataDir, Mode: app.Sandbox, Listen: c.Listen, Pack: c.Pack, MinFreeMiB: 256}
	return app.Serve(s.ctx, cfg, s.logger(false), app.Calls{
		Prepare: func(ctx context.Context, h *app.House) error {
			size := app.DemoSize()
			size.People, size.Records = c.People, c.Records
			return h.LoadDemo(ctx, size, func(step app.Step) { _, _ = fmt.Fprintf(s.talk, "  %d/%d %s\n", step.Done, step.Of, step.Text) })
		},
		Ready: func(r app.Running) { _, _ = fmt.Fprintf(s.out, demoReady, r.URL) },
	})
}

const demoReady = `
Recourse is running with sample people. Nobody in it is real.

  The person's page     %[1]s/en/sandbox/sign-in   (choose a sample person)
  用中文                %[1]s/zh/sandbox/sign-in
  The API               %[1]s/api/v1/openapi.json

Stop it with Ctrl-C. The next start is faster; it keeps what you did.
`

type demoStoryCmd struct {
	DataDir string `help:"Folder of the sandbox that is being served." default:"data/demo" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
	Pack    string `help:"Its jurisdiction pack." default:"cn-hubei" env:"RECOURSE_PACK"`
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
