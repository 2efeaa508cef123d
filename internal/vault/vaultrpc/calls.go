package vaultrpc

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/when"
)

// call is one call on the server: it reads what is asked, and writes the answer.
type call func(ctx context.Context, v vault.Service, in, out *coder) error

// calls are the calls by their name in the path. Each is answered by the method
// of Client of the same name.
func calls() map[string]call {
	return map[string]call{
		"state":              serveState,
		"epochs":             serveEpochs,
		"tokens":             serveTokens,
		"macs":               serveMacs,
		"lease":              serveLease,
		"derive":             serveDerive,
		"puncture":           servePuncture,
		"expire":             serveDay(vault.Service.Expire),
		"extend":             serveDay(vault.Service.Extend),
		"skip":               serveSkip,
		"new-generation":     serveGeneration(vault.Service.NewGeneration),
		"destroy-generation": serveGeneration(vault.Service.DestroyGeneration),
		"reseal":             serveReseal,
	}
}

// malformed is the fault of a message that cannot be understood.
func malformed(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Invalid, "E-VAULT-MESSAGE",
		"The vault was sent something that it cannot understand. Nothing was done. Both sides must be of the same version.").Because(err)
}

func serveState(ctx context.Context, v vault.Service, in, out *coder) error {
	if err := in.end(); err != nil {
		return malformed(err)
	}
	s, err := v.State(ctx)
	if err != nil {
		return err
	}
	out.state(&s)
	return nil
}

func serveEpochs(ctx context.Context, v vault.Service, in, out *coder) error {
	if err := in.end(); err != nil {
		return malformed(err)
	}
	list, err := v.Epochs(ctx)
	if err != nil {
		return err
	}
	out.epochs(&list)
	return nil
}

func serveTokens(ctx context.Context, v vault.Service, in, out *coder) error {
	var ids [][]byte
	in.data(&ids)
	if err := in.end(); err != nil {
		return malformed(err)
	}
	tokens, err := v.Tokens(ctx, ids)
	if err != nil {
		return err
	}
	out.tokens(&tokens)
	return nil
}

func serveMacs(ctx context.Context, v vault.Service, in, out *coder) error {
	var scope vault.Scope
	var body [16]byte
	var data [][]byte
	in.u8((*uint8)(&scope))
	in.fixed(body[:])
	in.data(&data)
	if err := in.end(); err != nil {
		return malformed(err)
	}
	macs, err := v.Macs(ctx, scope, body, data)
	if err != nil {
		return err
	}
	out.macs(&macs)
	return nil
}

func serveLease(ctx context.Context, v vault.Service, in, out *coder) error {
	var e seal.Epoch
	var n int
	in.epoch(&e)
	in.count(&n)
	if err := in.end(); err != nil {
		return malformed(err)
	}
	l, err := v.Lease(ctx, e, n)
	if err != nil {
		return err
	}
	out.lease(&l)
	return nil
}

func serveDerive(ctx context.Context, v vault.Service, in, out *coder) error {
	var places []vault.Place
	in.places(&places)
	if err := in.end(); err != nil {
		return malformed(err)
	}
	keys, err := v.Derive(ctx, places)
	if err != nil {
		return err
	}
	out.derived(&keys)
	clear(keys)
	return nil
}

func servePuncture(ctx context.Context, v vault.Service, in, out *coder) error {
	var intents []vault.Intent
	in.intents(&intents)
	if err := in.end(); err != nil {
		return malformed(err)
	}
	applied, err := v.Puncture(ctx, intents)
	if err != nil {
		return err
	}
	out.i64(&applied)
	return nil
}

func serveDay(do func(vault.Service, context.Context, when.Date) (int, error)) call {
	return func(ctx context.Context, v vault.Service, in, out *coder) error {
		var day when.Date
		in.day(&day)
		if err := in.end(); err != nil {
			return malformed(err)
		}
		n, err := do(v, ctx, day)
		if err != nil {
			return err
		}
		out.count(&n)
		return nil
	}
}

func serveSkip(ctx context.Context, v vault.Service, in, _ *coder) error {
	var to vault.Jump
	in.jump(&to)
	if err := in.end(); err != nil {
		return malformed(err)
	}
	return v.Skip(ctx, to)
}

func serveGeneration(do func(vault.Service, context.Context, uint32) error) call {
	return func(ctx context.Context, v vault.Service, in, _ *coder) error {
		var g uint32
		in.u32(&g)
		if err := in.end(); err != nil {
			return malformed(err)
		}
		return do(v, ctx, g)
	}
}

func serveReseal(ctx context.Context, v vault.Service, in, out *coder) error {
	var now time.Time
	in.instant(&now)
	if err := in.end(); err != nil {
		return malformed(err)
	}
	r, err := v.Reseal(ctx, now)
	if err != nil {
		return err
	}
	out.resealed(&r)
	return nil
}
