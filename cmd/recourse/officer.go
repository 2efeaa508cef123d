package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"recourse/internal/app"
	"recourse/internal/kit/signkit"
)

// officerCmd says who may sign packs.
type officerCmd struct {
	Key    officerKeyCmd    `cmd:"" help:"Make a key to sign packs with. Each officer does this on their own machine."`
	Add    officerAddCmd    `cmd:"" help:"Let somebody sign packs, by their public key."`
	List   officerListCmd   `cmd:"" help:"List who may or might sign packs."`
	Revoke officerRevokeCmd `cmd:"" help:"Let somebody sign packs no more. What they signed stays valid."`
}

// office is the installation that a command works with as the owner of its database.
type office struct {
	spoken   `embed:""`
	DataDir  string   `help:"Folder of the installation." default:"data" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
	Database string   `name:"database-url" help:"PostgreSQL of an installation that is not running and has one of its own; empty for the private one." env:"RECOURSE_DATABASE_URL" placeholder:"URL"`
	Mode     app.Mode `help:"What the installation will be for, where it was never started: sandbox or production." default:"production" enum:"sandbox,production" env:"RECOURSE_MODE"`
}

func (o office) open(s *session) (*app.Office, error) {
	return app.OpenOffice(s.ctx, app.Config{DataDir: o.DataDir, Mode: o.Mode, Database: app.Database{URL: o.Database}}, s.logger(false))
}

// with opens the office for one piece of work.
func (o office) with(s *session, do func(*app.Office) error) error {
	at, err := o.open(s)
	if err != nil {
		return err
	}
	return errors.Join(do(at), at.Close(s.ctx))
}

type officerKeyCmd struct {
	spoken `embed:""`
	File   string `arg:"" help:"File to write the private key to; it must not be there yet."`
}

// Run writes the private key for its owner alone and prints the public one.
func (c *officerKeyCmd) Run(s *session) error {
	public, err := c.makeKey(c.File)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(s.talk, c.say("Keep the file to yourself. Give the operator the line below.", "请自行保管该文件，并把下面一行交给运营单位。"))
	s.print(base64.StdEncoding.EncodeToString(public))
	return nil
}

// makeKey draws a key, writes the private half to a new file and returns the public.
func (c spoken) makeKey(file string) (ed25519.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	for err == nil && (dashed(base64.RawURLEncoding.EncodeToString(public)) || dashed(signkit.KeyID(public))) {
		public, private, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("writing a key: %w", err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, errors.New(c.say("%s is there already, and no key is ever overwritten. Nothing was changed; name another file.", "%s 已经存在，密钥不会被覆盖。没有改动任何内容；请指定另一个文件。", file))
	}
	if err != nil {
		return nil, fmt.Errorf("writing a key: %w", err)
	}
	if err := errors.Join(pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("writing a key: %w", err)
	}
	return public, nil
}

// dashed reports whether a command would take a text for an option.
func dashed(text string) bool { return strings.HasPrefix(text, "-") }

// readKey reads a private key that officer key or key make wrote.
func readKey(file string) (ed25519.PrivateKey, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	if block, _ := pem.Decode(raw); block != nil {
		if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			if k, ok := key.(ed25519.PrivateKey); ok {
				return k, nil
			}
		}
	}
	return nil, fmt.Errorf("%s is no private key of Ed25519 that recourse made", file)
}

type officerAddCmd struct {
	office    `embed:""`
	Name      string `arg:"" help:"By which the log calls the officer: an office or a number of staff."`
	PublicKey string `help:"The line that officer key printed." required:""`
}

// Run registers an officer.
func (c *officerAddCmd) Run(s *session) error {
	return c.with(s, func(o *app.Office) error {
		officer, err := o.AddOfficer(s.ctx, c.Name, c.PublicKey)
		if err == nil {
			s.print(c.say("%s may sign packs.", "%s 可以签署规则包。", officer.Name))
		}
		return err
	})
}

type officerListCmd struct {
	office `embed:""`
}

// Run prints one officer a line.
func (c *officerListCmd) Run(s *session) error {
	return c.with(s, func(o *app.Office) error {
		officers, err := o.Officers(s.ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
		for _, f := range officers {
			state := c.say("may sign since %s", "自 %s 起可以签署", f.MadeAt.Format(time.DateOnly))
			if !f.EndedAt.IsZero() {
				state = c.say("may not sign since %s", "自 %s 起不得签署", f.EndedAt.Format(time.DateOnly))
			}
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", f.Name, base64.StdEncoding.EncodeToString(f.Key), state)
		}
		return w.Flush()
	})
}

type officerRevokeCmd struct {
	office `embed:""`
	Name   string `arg:"" help:"Name of the officer."`
}

// Run ends an officer's right to sign.
func (c *officerRevokeCmd) Run(s *session) error {
	return c.with(s, func(o *app.Office) error {
		err := o.EndOfficer(s.ctx, c.Name)
		if err == nil {
			s.print(c.say("%s may not sign packs any more.", "%s 不得再签署规则包。", c.Name))
		}
		return err
	})
}
