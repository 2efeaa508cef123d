package lawfile

import (
	"go.yaml.in/yaml/v3"

	"recourse/internal/law"
)

// repair reads by which routes records end early. A pack may have none.
func (r *reader) repair(d *law.Draft) {
	if _, there := r.files[law.RepairFile]; !there {
		return
	}
	v, ok := r.document(law.RepairFile)
	if !ok {
		return
	}
	o := v.object("routes", "relief?")
	for _, v := range o.list("routes") {
		d.Routes = append(d.Routes, route(v))
	}
	for _, v := range o.list("relief") {
		o := v.object("code", "labels", "sentence", "classes", "since?", "until", "settled_by?", "settled_on?", "basis", "from", "to?")
		d.Reliefs = append(d.Reliefs, law.Relief{Code: o.text("code"), Labels: o.words("labels"), Sentence: o.words("sentence"), Classes: o.texts("classes"),
			Since: o.date("since"), Until: o.day("until"), SettledBy: o.text("settled_by"), SettledOn: o.date("settled_on"), Basis: o.citation("basis"),
			From: o.day("from"), To: o.date("to")})
	}
}

func route(v value) law.DraftRoute {
	o := v.object("code", "kind", "labels", "sentence", "classes", "basis", "wait?", "conditions?", "decides?", "clock?", "from", "to?")
	out := law.DraftRoute{Route: law.Route{Code: o.text("code"), Kind: law.RouteKind(o.text("kind")), Labels: o.words("labels"), Sentence: o.words("sentence"),
		Classes: o.texts("classes"), Basis: o.citation("basis"), Wait: o.terms("wait"), Decides: law.Decider(o.text("decides")), From: o.day("from"), To: o.date("to")}}
	for _, v := range o.list("conditions") {
		o := v.object("code", "what", "labels", "proof", "basis")
		out.Conditions = append(out.Conditions, law.Condition{Code: o.text("code"), What: law.What(o.text("what")), Labels: o.words("labels"),
			Proof: law.Proof(o.text("proof")), Basis: o.citation("basis")})
	}
	if v, there := o.keys["clock"]; there {
		list := []value{v}
		if v.n.Kind == yaml.SequenceNode {
			list = o.list("clock")
		}
		for _, v := range list {
			o := v.object(append([]string{"extension?", "pauses?"}, parameterKeys()...)...)
			q := o.parameter()
			q.Clock = &law.Levers{Extension: o.number("extension"), Pauses: o.texts("pauses")}
			out.Clock = append(out.Clock, q)
		}
	}
	return out
}
