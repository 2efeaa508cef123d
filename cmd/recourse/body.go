package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"recourse/internal/app"
)

type bodyCmd struct {
	List bodyListCmd `cmd:"" help:"List the bodies of a pack with what they may do."`
}

type bodyListCmd struct {
	Pack string `help:"Jurisdiction pack: the name of a built-in one, or a folder." default:"cn-hubei" env:"RECOURSE_PACK"`
	Lang string `help:"Language of the names." default:"en" enum:"zh,en"`
}

// Run prints one body a line.
func (c *bodyListCmd) Run(s *session) error {
	pack, err := app.LoadPack(c.Pack)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	for _, b := range pack.Bodies() {
		roles := make([]string, len(b.Roles))
		for i, r := range b.Roles {
			roles[i] = string(r)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", b.Code, strings.Join(roles, ", "), b.Names[c.Lang])
	}
	return w.Flush()
}
