package app

import (
	"recourse/internal/law"
	"recourse/internal/party"
)

// mayWork reports whether the law gives staff of a body work at a desk: a head of their
// own body anybody may be.
func (h *House) mayWork(body string, d party.Desk) bool {
	b, ok := h.pack().Body(body)
	role := map[party.Desk]law.Role{party.Furnishes: law.Furnisher, party.Asks: law.Inquirer, party.Decides: law.Operator, party.Repairs: law.Operator, party.Posts: law.Operator,
		party.Reviews: law.Supervisor, party.Supervises: law.Supervisor, party.Operates: law.Operator}[d]
	return ok && (d == party.Heads || role != "" && b.May(role) || d == party.Supervises && b.May(law.Ombudsman))
}
