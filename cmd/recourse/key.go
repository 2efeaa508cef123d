package main

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"text/tabwriter"

	"recourse/internal/kit/apikit"
	"recourse/internal/party/partyapi"
)

// keyCmd says which keys sign for a body.
type keyCmd struct {
	Make     keyMakeCmd     `cmd:"" help:"Make a key to sign requests with, on the machine that signs."`
	Register keyRegisterCmd `cmd:"" help:"As a head of your body, let a key sign for a member of its staff, once another head confirms it."`
	Confirm  keyConfirmCmd  `cmd:"" help:"As a second head, confirm a key that another asked for."`
	End      keyEndCmd      `cmd:"" help:"End a key at once, as a head of the body or as who holds it."`
	List     keyListCmd     `cmd:"" help:"List the keys of your body, those that ended too."`
}

type keyMakeCmd struct {
	spoken `embed:""`
	File   string `arg:"" help:"File to write the private key to; it must not be there yet."`
}

// Run writes the private key for its owner alone and prints the public one.
func (c *keyMakeCmd) Run(s *session) error {
	public, err := c.makeKey(c.File)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(s.talk, c.say("Keep the file where it is. Give a head of your body the line below.", "文件请留在本机，并把下面一行交给本单位负责人。"))
	s.print(base64.RawURLEncoding.EncodeToString(public))
	return nil
}

type keyRegisterCmd struct {
	server    `embed:""`
	PublicKey string `help:"The line that key make printed." required:"" placeholder:"KEY"`
	Holder    string `help:"Number of the clerk under whose name it signs (S-…)." required:""`
	Until     string `help:"Last day on which it may be used, at most 400 days ahead." required:"" placeholder:"YYYY-MM-DD"`
}

// Run prints the key's id.
func (c *keyRegisterCmd) Run(s *session) error {
	return c.change(s, "/keys", partyapi.Asked{Key: c.PublicKey, Holder: c.Holder, Until: c.Until})
}

type keyConfirmCmd struct {
	server `embed:""`
	ID     string `arg:"" help:"Id of the key, as key list shows it."`
}

// Run prints the key's id.
func (c *keyConfirmCmd) Run(s *session) error {
	return c.change(s, "/keys/"+url.PathEscape(c.ID)+"/confirmation", nil)
}

type keyEndCmd struct {
	server `embed:""`
	ID     string `arg:"" help:"Id of the key, as key list shows it."`
}

// Run prints the key's id.
func (c *keyEndCmd) Run(s *session) error {
	return c.change(s, "/keys/"+url.PathEscape(c.ID)+"/end", nil)
}

// change does one thing to a key and prints how it stands then.
func (c server) change(s *session, path string, body any) error {
	var key partyapi.Key
	if err := c.post(s, path, body, &key); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(s.talk, "The key is %s.\n", key.State)
	s.print(key.ID)
	return nil
}

type keyListCmd struct {
	server `embed:""`
	JSON   bool `help:"Print the registry's answer as JSON."`
}

// Run prints one key a line.
func (c *keyListCmd) Run(s *session) error {
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	var list partyapi.KeyList
	if err := k.Get(s.ctx, apikit.Prefix+"/keys", &list); err != nil {
		return told(err)
	}
	if c.JSON {
		return s.writeJSON(list)
	}
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	for _, key := range list.Keys {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\tuntil %s\n", key.ID, key.State, key.Holder, key.Until)
	}
	return w.Flush()
}
