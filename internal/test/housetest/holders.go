package housetest

import (
	"recourse/internal/dispute/disputepg"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/repair/repairpg"
	"recourse/internal/vault"
)

// Lasting returns the rooms that keep something about persons.
func Lasting(f *Fixture) []party.Lasting {
	return []party.Lasting{dossierpg.NewStore(f.Keeper, Publisher(nil)), inquirypg.NewTraces(f.Keeper), disputepg.NewPapers(f.Keeper), repairpg.NewPapers(f.Keeper)}
}

// Holders returns every room that holds sealed rows. Identities come last: what
// else is kept of a person decides whether their file stays.
func Holders(f *Fixture) []vault.Holder {
	persons := partypg.NewKeeperStore(f.Keeper, Publisher(nil))
	return []vault.Holder{
		vault.HolderOf(dossierpg.NewStore(f.Keeper, Publisher(nil))),
		vault.HolderOf(inquirypg.NewTraces(f.Keeper)),
		vault.HolderOf(inquirypg.NewNoted(f.Keeper)),
		vault.HolderOf(disputepg.NewPapers(f.Keeper)),
		vault.HolderOf(repairpg.NewPapers(f.Keeper)),
		vault.HolderOf(oversightpg.NewReasons(f.Keeper)),
		vault.HolderOf(partypg.Contacts{KeeperStore: persons}),
		vault.HolderOf(partypg.Identities{KeeperStore: persons, Lasting: Lasting(f)}),
	}
}
