package lawfile_test

import (
	"io/fs"
	"testing"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/packs"
)

func hubei(t testing.TB) *law.Pack {
	t.Helper()
	sub, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		t.Fatal(err)
	}
	p, err := lawfile.Load(sub)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLoad_hubei(t *testing.T) {
	t.Parallel()
	p := hubei(t)
	t.Log(p.Version, p.Unverified())
}
