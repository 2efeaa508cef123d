package app

import (
	"strconv"

	"recourse/docs"
	"recourse/internal/kit/dockit"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
)

// Library is the documentation that the program carries, with values of the packs
// of a shelf. near are pages that stand beside those of a part, made elsewhere.
func Library(shelf law.Shelf, near map[string][]webkit.NavItem) (*dockit.Library, error) {
	return dockit.Open(dockit.Config{Files: docs.FS, Near: near, Say: func(v webkit.Visit) map[string]string { return says(shelf.At(v.Now), v) },
		Top: map[string]string{"/privacy": "help/privacy", "/accessibility": "help/accessibility"}})
}

// says fills the places of guides with what a pack says.
func says(p *law.Pack, v webkit.Visit) map[string]string {
	answer, _ := p.Deadline(law.AnswerBeforeEffect)
	return map[string]string{"registry": p.Registry[v.Lang], "contact": v.Contact, "version": Version,
		"answer": answer.Term.In(v.Lang), "access": p.Access().Term.In(v.Lang), "undo": strconv.Itoa(int(p.ConsentUndo().Minutes()))}
}
