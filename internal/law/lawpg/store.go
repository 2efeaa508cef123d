// Package lawpg keeps the versions of the pack in PostgreSQL: what was activated
// when, on whose signatures.
//
// It promises that an activation is written whole, with its event, or not at all;
// that what was written is never changed; and that only a connection of the owner
// can write. It does not read packs: what it gives back are their files as they
// were, to be checked again by whoever reads them.
package lawpg

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/ref"
)

// Kept is one activation as it is kept. Nothing of it was checked.
type Kept struct {
	Number     int
	Version    string
	Hash       [32]byte
	Archive    []byte
	At, From   time.Time
	Origin     law.Origin
	Favourable bool
	Changes    []law.Change
	Signed     []law.Signature
}

// Store reads versions, on any connection.
type Store struct {
	db DBTX
	q  Queries
}

// NewStore returns a Store on a pool or a connection.
func NewStore(db DBTX) *Store { return &Store{db: db} }

// Newest returns the number of the newest activation, 0 where there is none.
func (s *Store) Newest(ctx context.Context) (int, error) {
	n, err := s.q.Newest(ctx, s.db)
	return int(n), pgkit.Clean(err)
}

// Kept returns all activations in their order.
func (s *Store) Kept(ctx context.Context) ([]Kept, error) {
	rows, err := s.q.Activations(ctx, s.db)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	signed, err := s.q.Signatures(ctx, s.db)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]Kept, len(rows))
	for i, r := range rows {
		k := Kept{Number: int(r.Number), Version: r.Version, Archive: r.Archive, At: r.ActivatedAt, From: r.InForceFrom,
			Origin: law.Origin(r.Origin), Favourable: r.Favourable}
		copy(k.Hash[:], r.Hash)
		if err := json.Unmarshal(r.Diff, &k.Changes); err != nil {
			return nil, fmt.Errorf("reading what activation %d changed: %w", k.Number, err)
		}
		for _, g := range signed {
			if g.Number == r.Number {
				k.Signed = append(k.Signed, law.Signature{Version: k.Version, Hash: k.Hash, Key: g.PublicKey, Sig: g.Signature})
			}
		}
		out[i] = k
	}
	return out, nil
}

// Officers returns all officers, those who may not sign any more too, in order of
// their registration.
func (s *Store) Officers(ctx context.Context) ([]law.Officer, error) {
	rows, err := s.q.Officers(ctx, s.db)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]law.Officer, len(rows))
	for i, r := range rows {
		out[i] = law.Officer{Name: r.Name, Key: ed25519.PublicKey(r.PublicKey), MadeAt: r.MadeAt}
		if r.EndedAt != nil {
			out[i].EndedAt = *r.EndedAt
		}
	}
	return out, nil
}

// Outages returns the outages that were declared, in their order.
func (s *Store) Outages(ctx context.Context) ([]law.Outage, error) {
	rows, err := s.q.Outages(ctx, s.db)
	return declared(rows), pgkit.Clean(err)
}

func declared(rows []LawOutage) []law.Outage {
	out := make([]law.Outage, len(rows))
	for i, r := range rows {
		out[i] = law.Outage{From: pgkit.Date(r.FromOn), To: pgkit.Date(r.ToOn), Cause: law.Cause(r.Cause), Days: int(r.Days), DeclaredAt: r.DeclaredAt}
	}
	return out
}

// Desk writes, over a connection of the owner.
type Desk struct {
	Store
	owner     *pgx.Conn
	publisher pgkit.Publisher
	chance    ref.Minter
}

// NewDesk returns a Desk.
func NewDesk(owner *pgx.Conn, publisher pgkit.Publisher, chance ref.Minter) *Desk {
	return &Desk{Store: Store{db: owner}, owner: owner, publisher: publisher, chance: chance}
}

// Activate writes a version with its files, its activation, the signatures and
// the event "law.activated" in one transaction, and an event "law.changed" for each
// thing that it changes, in plain language. Of two at the same time one fails.
func (d *Desk) Activate(ctx context.Context, a law.Activation, archive []byte) error {
	event, err := ref.Mint[ref.Event](d.chance)
	if err != nil {
		return err
	}
	changes, err := json.Marshal(a.Changes)
	if err != nil {
		return fmt.Errorf("writing what activation %d changes: %w", a.Number, err)
	}
	p := a.Pack
	err = pgx.BeginFunc(ctx, d.owner, func(tx pgx.Tx) error {
		if err := d.q.PutVersion(ctx, tx, PutVersionParams{Version: p.Version, Code: p.Code, Hash: p.Hash[:], Archive: archive, KeptAt: a.At}); err != nil {
			return err
		}
		if err := d.q.PutActivation(ctx, tx, PutActivationParams{Number: int32(a.Number), Version: p.Version, ActivatedAt: a.At, InForceFrom: a.From,
			Origin: string(a.Origin), Favourable: a.Favourable, Diff: changes, Event: pgkit.UUID(event)}); err != nil {
			return err
		}
		for _, s := range a.Signed {
			if err := d.q.PutSignature(ctx, tx, PutSignatureParams{Number: int32(a.Number), PublicKey: s.Key, Signature: s.Sig}); err != nil {
				return err
			}
		}
		events := []pgkit.Event{{ID: event, Stream: Stream(p.Code), Kind: "law.activated", At: a.At, Refs: refs(a, changes)}}
		for i, c := range a.Changes {
			events = append(events, pgkit.Event{Stream: Stream(p.Code), Kind: "law.changed", At: a.At, Refs: changed(a, i, c)})
		}
		return d.publisher.Publish(ctx, tx, events...)
	})
	if pgkit.Code(err) == pgkit.UniqueViolation {
		return fault.New(fault.Conflict, "E-PACK-MEANWHILE", "Another pack was activated meanwhile. Nothing was changed; look at what is in force now and try again.").Because(pgkit.Clean(err))
	}
	return pgkit.Clean(err)
}

// Declare writes an outage and the event "law.outage" in one transaction: as check
// makes it of those that were declared before. Of two at the same time one fails, and can be tried again.
func (d *Desk) Declare(ctx context.Context, code string, check func(before []law.Outage) (law.Outage, error)) (o law.Outage, err error) {
	// Of two that are declared at once one fails.
	err = pgx.BeginTxFunc(ctx, d.owner, pgx.TxOptions{IsoLevel: pgx.Serializable}, func(tx pgx.Tx) error {
		rows, err := d.q.Outages(ctx, tx)
		if err != nil {
			return err
		}
		if o, err = check(declared(rows)); err != nil {
			return err
		}
		if err := d.q.PutOutage(ctx, tx, PutOutageParams{FromOn: pgkit.Day(o.From), ToOn: pgkit.Day(o.To), Cause: string(o.Cause), Days: int16(o.Days), DeclaredAt: o.DeclaredAt}); err != nil {
			return err
		}
		return d.publisher.Publish(ctx, tx, pgkit.Event{Stream: Stream(code), Kind: "law.outage", At: o.DeclaredAt,
			Refs: map[string]string{"from": o.From.String(), "to": o.To.String(), "cause": string(o.Cause), "days": fmt.Sprint(o.Days)}})
	})
	return o, pgkit.Clean(err)
}

// refs are what the log says of an activation: the whole hash of the pack and of
// what it changes, and whose keys signed.
func refs(a law.Activation, changes []byte) map[string]string {
	diff := sha256.Sum256(changes)
	out := map[string]string{
		"number": fmt.Sprint(a.Number), "version": a.Pack.Version, "hash": hex.EncodeToString(a.Pack.Hash[:]), "origin": string(a.Origin),
		"founding": fmt.Sprint(a.Number == 1), "favourable": fmt.Sprint(a.Favourable), "diff": hex.EncodeToString(diff[:]),
		"in_force_from": a.From.UTC().Format(time.RFC3339Nano),
	}
	var keys []string
	for _, s := range a.Signed {
		keys = append(keys, hex.EncodeToString(s.Key))
	}
	if len(keys) > 0 {
		out["signed_by"] = strings.Join(keys, " ")
	}
	return out
}

// changed is what the log says of one change.
func changed(a law.Activation, i int, c law.Change) map[string]string {
	out := map[string]string{"number": fmt.Sprint(a.Number), "nth": fmt.Sprintf("%d of %d", i+1, len(a.Changes)), "path": short(c.Path), "verdict": string(c.Verdict)}
	for lang, text := range c.Text {
		out["text_"+lang] = short(text)
	}
	for lang, text := range c.Reason {
		out["reason_"+lang] = short(text)
	}
	return out
}

// longest is how many characters of a text are written into the log, of which an entry
// takes 65,535 bytes. The hash of all of it is in the event of the activation.
const longest = 2000

func short(s string) string {
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}

// Event returns the id of the event of an activation.
func (s *Store) Event(ctx context.Context, number int) ([16]byte, error) {
	id, err := s.q.Event(ctx, s.db, int32(number))
	return id.Bytes, pgkit.Clean(err)
}

// Stream is the stream of everything that is done to the packs of a jurisdiction.
func Stream(code string) (id [16]byte) {
	sum := sha256.Sum256([]byte("recourse/law/v1:" + code))
	copy(id[:], sum[:])
	return id
}

// AddOfficer registers an officer, with the event "law.officer-added".
func (d *Desk) AddOfficer(ctx context.Context, o law.Officer) error {
	err := pgx.BeginFunc(ctx, d.owner, func(tx pgx.Tx) error {
		if err := d.q.PutOfficer(ctx, tx, PutOfficerParams{PublicKey: o.Key, Name: o.Name, MadeAt: o.MadeAt}); err != nil {
			return err
		}
		return d.publisher.Publish(ctx, tx, officerEvent("law.officer-added", o.Name, o.Key, o.MadeAt))
	})
	if pgkit.Code(err) == pgkit.UniqueViolation {
		return fault.New(fault.Conflict, "E-OFFICER-THERE",
			"This name is an officer's already, or this key was registered before: each officer has one key, and a key is used once. Nothing was changed; make a new key, or revoke the officer first.").Because(pgkit.Clean(err))
	}
	return pgkit.Clean(err)
}

// EndOfficer lets an officer sign no more, with the event "law.officer-ended".
// What they signed before stays valid.
func (d *Desk) EndOfficer(ctx context.Context, name string, now time.Time) error {
	err := pgx.BeginFunc(ctx, d.owner, func(tx pgx.Tx) error {
		n, err := d.q.EndOfficer(ctx, tx, EndOfficerParams{Name: name, Now: now})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "E-OFFICER", "There is no officer of this name who may sign. Nothing was changed; see recourse officer list.")
		}
		return d.publisher.Publish(ctx, tx, officerEvent("law.officer-ended", name, nil, now))
	})
	return pgkit.Clean(err)
}

func officerEvent(kind, name string, key []byte, at time.Time) pgkit.Event {
	refs := map[string]string{"officer": name}
	if key != nil {
		refs["key"] = hex.EncodeToString(key)
	}
	return pgkit.Event{Stream: Stream("officers"), Kind: kind, At: at, Refs: refs}
}
