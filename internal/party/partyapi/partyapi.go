// Package partyapi is how heads of bodies say over HTTP who of their body may what, and
// which keys sign for it.
//
// It promises that nobody is given a right, and a key signs nothing, before a second head has confirmed it; that
// a key of another body is not there, and that no private key is ever taken.
package partyapi

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/signkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Config is what the calls of the room need. All fields are needed.
type Config struct {
	Keyring      *party.Keyring
	Team         *party.Team
	Authenticate apikit.Authenticator[party.Clerk]
}

// Routes returns the calls of the room: register a key, confirm it as a second head,
// end it, and list those of one's own body.
func Routes(c Config) ([]apikit.Route, error) {
	if c.Keyring == nil || c.Team == nil || c.Authenticate == nil {
		return nil, errors.New("partyapi: Keyring, Team and Authenticate are needed")
	}
	one := []apikit.Answer{{Status: 200, Why: "The key as it stands.", Of: Key{}}}
	id := []apikit.Param{{Name: "id", Why: "Id of the key: its thumbprint.", Type: "string"}}
	return append(c.teamRoutes(), []apikit.Route{
		{Method: http.MethodGet, Path: "/keys", Who: apikit.Holder, Why: "The keys that sign for your body, or did.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.list), Doc: apikit.Doc{ID: "keysOfBody", Answers: []apikit.Answer{{Status: 200, Why: "The newest first; at most 200.", Of: KeyList{}}}}},
		{Method: http.MethodPost, Path: "/keys", Who: apikit.Holder, Why: "Register a key for a clerk of your body, as a head of it.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.ask), Doc: apikit.Doc{ID: "askKey", Body: sample(), Answers: one,
				Text: "The key signs nothing before another head of the body has confirmed it. Keep the private half to yourself: it is never sent."}},
		{Method: http.MethodPost, Path: "/keys/{id}/confirmation", Who: apikit.Holder, Why: "Confirm, as a second head, a key that another asked for.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.confirm), Doc: apikit.Doc{ID: "confirmKey", Params: id, Answers: one}},
		{Method: http.MethodPost, Path: "/keys/{id}/end", Who: apikit.Holder, Why: "End a key at once, as a head of the body or as who holds it.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.end), Doc: apikit.Doc{ID: "endKey", Params: id, Answers: one,
				Text: "To change a key: register the next, have it confirmed, use it, then end the old. Both hold meanwhile."}},
	}...), nil
}

func caller(who party.Clerk) apikit.Caller {
	return apikit.Caller{Clerk: who.ID, Body: who.Body.ID}
}

// Asked registers a key.
type Asked struct {
	Key    string `json:"key" minLength:"43" maxLength:"43" pattern:"^[A-Za-z0-9_-]{43}$" doc:"The public key, Ed25519, base64url without padding: the x of a JWK."`
	Holder string `json:"holder" minLength:"1" maxLength:"40" doc:"Number of the clerk under whose name it signs." example:"S-0123456789ABCDEFGHJKMNPQRS-T"`
	Until  string `json:"until" format:"date" doc:"Last day on which it may be used, at most 400 days ahead." example:"2027-06-30"`
}

// Key is a key of a body.
type Key struct {
	ID          string `json:"id" doc:"The keyid of its signatures: its thumbprint (RFC 7638)."`
	Key         string `json:"key" doc:"The public key, base64url without padding."`
	Holder      string `json:"holder" doc:"The clerk under whose name it signs."`
	Until       string `json:"until" format:"date" doc:"Last day on which it may be used."`
	State       string `json:"state" enum:"waiting,signing,ended" doc:"Waiting: for a second head. Ended keys stay: what they signed can be checked."`
	AskedBy     string `json:"asked_by"`
	AskedAt     string `json:"asked_at" format:"date-time"`
	ConfirmedBy string `json:"confirmed_by,omitempty"`
	ConfirmedAt string `json:"confirmed_at,omitempty" format:"date-time"`
	EndedAt     string `json:"ended_at,omitempty" format:"date-time"`
}

// KeyList is the keys of a body.
type KeyList struct {
	Keys []Key `json:"keys" nullable:"false"`
}

func (c Config) list(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	keys, err := c.Keyring.List(ctx, who)
	if err != nil {
		return apikit.Reply{}, err
	}
	out := KeyList{Keys: []Key{}}
	for _, k := range keys {
		out.Keys = append(out.Keys, c.show(k, call.Now))
	}
	return apikit.JSON(out)
}

func (c Config) ask(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	var a Asked
	if err := call.JSON(&a); err != nil {
		return apikit.Reply{}, err
	}
	public, err := base64.RawURLEncoding.Strict().DecodeString(a.Key)
	if err != nil || len(public) != ed25519.PublicKeySize {
		return apikit.Reply{}, errKey
	}
	holder, err := ref.Parse[ref.Clerk](a.Holder)
	if err != nil {
		return apikit.Reply{}, party.ErrHolder
	}
	until, err := when.Parse(a.Until)
	if err != nil {
		return apikit.Reply{}, errUntil
	}
	k, err := c.Keyring.Ask(ctx, who, party.Key{ID: signkit.KeyID(public), Public: [32]byte(public), Holder: holder, Until: until}, call.Now)
	return c.reply(k, call, err)
}

func (c Config) confirm(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	k, err := c.Keyring.Confirm(ctx, who, call.Param("id"), call.Now)
	return c.reply(k, call, err)
}

func (c Config) end(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	k, err := c.Keyring.End(ctx, who, call.Param("id"), call.Now)
	return c.reply(k, call, err)
}

func (c Config) reply(k party.Key, call *apikit.Call, err error) (apikit.Reply, error) {
	if err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(c.show(k, call.Now))
}

func (c Config) show(k party.Key, now time.Time) Key {
	out := Key{ID: k.ID, Key: base64.RawURLEncoding.EncodeToString(k.Public[:]), Holder: k.Holder.String(), Until: k.Until.String(), State: "signing",
		AskedBy: k.AskedBy.String(), AskedAt: instant(k.AskedAt), ConfirmedAt: instant(k.ConfirmedAt), EndedAt: instant(k.EndedAt)}
	if k.ConfirmedBy.IsZero() {
		out.State = "waiting"
	} else {
		out.ConfirmedBy = k.ConfirmedBy.String()
	}
	if !k.EndedAt.IsZero() || k.Until < when.In(now, c.Keyring.Zone) {
		out.State = "ended"
	}
	return out
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// sample is a registration of the key of RFC 8037, A.2, which everybody has.
func sample() Asked {
	return Asked{Key: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", Holder: ref.Clerk{1}.String(), Until: "2027-06-30"}
}

var (
	errKey   = fault.New(fault.Invalid, "E-SIGN-KEY", "This is not a public key of Ed25519: send its 32 bytes in base64url without padding. Nothing was changed.").At("key")
	errUntil = fault.New(fault.Invalid, "E-UNTIL", "The last day is not a date like 2026-03-10. Nothing was changed.").At("until")
)
