package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/jackc/pgx/v5"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/law/lawpg"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/packs"
)

// desk writes versions of the pack, and outages, over a connection of the owner. What
// follows from their events is done by the server.
func desk(owner *pgx.Conn) *lawpg.Desk {
	return lawpg.NewDesk(owner, ledgerpg.NewPublisher(consumers(new(House).reactions()), rand.Reader), rand.Reader)
}

// found activates the first pack of an installation, where none was activated
// before: without signatures only if the program itself carries it, or nobody in
// the registry is real.
func found(ctx context.Context, owner *pgx.Conn, c *Config, p keptPack) error {
	d := desk(owner)
	if n, err := d.Newest(ctx); err != nil || n > 0 {
		return err
	}
	if err := fitForMode(p.Pack, c.Mode); err != nil {
		return err
	}
	origin := law.BuiltIn
	if inFolder(c.Pack) {
		origin = law.InFolder
	}
	if c.Mode == Production && origin == law.InFolder {
		return fault.Newf(fault.Refused, "E-PACK-UNSIGNED",
			"Pack %s lies in a folder, and nothing was activated here yet. Production begins with a pack that the program carries or that two officers signed. Nothing was changed; run recourse officer add, recourse pack sign and recourse pack activate, then start again.", p.Version).By("A9")
	}
	now, err := pgkit.Now(ctx, owner)
	if err != nil {
		return err
	}
	if err := put(ctx, owner, p.Pack); err != nil {
		return err
	}
	return d.Activate(ctx, law.Founding(p.Pack, origin, now), p.archive)
}

// put makes the bodies of a pack known.
func put(ctx context.Context, owner *pgx.Conn, p *law.Pack) error {
	var codes []string
	for _, b := range p.Bodies() {
		codes = append(codes, b.Code)
	}
	bodies, err := party.MintBodies(rand.Reader, codes)
	if err != nil {
		return err
	}
	return partypg.PutBodies(ctx, owner, bodies)
}

// timeline reads what was activated and checks it from the ground up: files
// against hash, hash against signatures, founding pack against the program.
func timeline(ctx context.Context, s *lawpg.Store, m Mode) (*law.Timeline, error) {
	kept, err := s.Kept(ctx)
	if err != nil {
		return nil, err
	}
	officers, err := s.Officers(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]law.Activated, len(kept))
	for i, k := range kept {
		p, err := genuine(k, officers, m)
		if err != nil {
			return nil, err
		}
		list[i] = law.Activated{Number: k.Number, Pack: p, From: k.From}
	}
	return law.NewTimeline(list)
}

// genuine loads a version that the database keeps, if it is what was activated.
func genuine(k lawpg.Kept, officers []law.Officer, m Mode) (*law.Pack, error) {
	edited := fault.Newf(fault.Refused, "E-PACK-EDITED",
		"Version %s as the database keeps it is not what was activated: somebody edited it. Nothing is served under it. Restore the database, and find out who changed table law.version or law.activation.", k.Version).By("A9")
	p, err := unpack(k.Archive)
	if err != nil {
		return nil, edited.Because(err)
	}
	if p.Hash != k.Hash || p.Version != k.Version {
		return nil, edited.Because(errors.New("its files have another hash"))
	}
	switch {
	case k.Origin == law.Signed:
		if _, err := law.Countersigned(p, k.Signed, officers, k.At); err != nil {
			return nil, edited.Because(err)
		}
	case m == Production && (k.Origin != law.BuiltIn || !carried(p)):
		return nil, edited.Because(errors.New("the program does not carry it, and nobody signed it"))
	}
	return p, nil
}

// carried reports whether this program carries a pack, or an earlier release did.
func carried(p *law.Pack) bool {
	if slices.Contains(packs.Released(), fmt.Sprintf("%s %x", p.Code, p.Hash)) {
		return true
	}
	own, err := LoadPack(p.Code)
	return err == nil && own.Hash == p.Hash
}

// packInForce returns the pack in force where a server runs from the data folder,
// checked as at its start; nil where none runs.
func packInForce(ctx context.Context, c *Config) (*law.Pack, error) {
	r, err := ReadRunning(c.DataDir)
	if err != nil {
		return nil, nil
	}
	conn, err := pgx.Connect(ctx, r.URLs.App)
	if err != nil {
		return nil, nil // what keeps it from answering is told by another line
	}
	defer func() { _ = conn.Close(ctx) }()
	t, err := timeline(ctx, lawpg.NewStore(conn), r.Mode)
	if err != nil {
		return nil, err
	}
	now, err := pgkit.Now(ctx, conn)
	return t.At(now), err
}

// takeLaw reads the timeline where something was activated since it was read last,
// with the bodies that came with it.
func (h *House) takeLaw(ctx context.Context) (bool, error) {
	s := lawpg.NewStore(h.db.app)
	newest, err := s.Newest(ctx)
	if err != nil {
		return false, err
	}
	if t := h.shelf.Timeline(); t != nil && t.Last().Number == newest {
		return false, nil
	}
	t, err := timeline(ctx, s, h.cfg.Mode)
	if err != nil {
		return false, err
	}
	codes, err := partypg.NewStore(h.db.app, nil).BodyCodes(ctx)
	if err != nil {
		return false, err
	}
	h.codes.Store(&codes)
	h.shelf.Put(t)
	last := t.Last()
	h.log.LogAttrs(ctx, slog.LevelInfo, "pack taken up", slog.String("version", last.Pack.Version), slog.Int("activation", last.Number), slog.Time("in_force_from", last.From))
	return false, nil
}

// openLaw puts the packs on the shelf and refuses to go on under one that is not
// what was activated, or that production does not start on.
func (h *House) openLaw(ctx context.Context, configured keptPack) error {
	if _, err := h.takeLaw(ctx); err != nil {
		return err
	}
	if _, known := h.shelf.Version(configured.Version); inFolder(h.cfg.Pack) && !known {
		return fault.Newf(fault.Refused, "E-PACK-FOLDER",
			"The pack in folder %s is %s, which was never activated here; in force is %s. The server does not start on it. Activate it with recourse pack activate, or leave --pack out.",
			h.cfg.Pack, configured.Version, h.pack().Version).By("A9")
	}
	return fitForMode(h.pack(), h.cfg.Mode)
}

// bodyCode gives the code of a body of a pack that is or was activated.
func (h *House) bodyCode(b ref.Body) (string, bool) {
	code, ok := (*h.codes.Load())[b]
	return code, ok
}
