package furnish_test

import (
	"strings"
	"testing"

	"recourse/internal/catalogue"
	"recourse/internal/furnish"
)

func TestMask(t *testing.T) {
	t.Parallel()
	typ := &catalogue.Type{RefField: "source_ref", OrderField: "version", Fields: []catalogue.Field{
		{Name: "decision_number", Kind: catalogue.DocumentNumber}, {Name: "licence_number", Kind: catalogue.LicenceNumber},
		{Name: "reason", Kind: catalogue.Reason}, {Name: "fined_on", Kind: catalogue.Date}, {Name: "fine", Kind: catalogue.Money}}}
	for _, c := range [][3]string{
		{"id_number", "999999196402290297", "[18]"}, {"id_number", "999999640229029", "[15]"}, {"id_number", "1", "[1-9]"}, {"id_number", "4.2E+17890", "[10-17]"},
		{"source_ref", "示例-DK-0001", "[10-17]"}, {"decision_number", "示例1号", "[1-9]"}, {"licence_number", strings.Repeat("9", 64), "[19-64]"},
		{"reason", strings.Repeat("示", 65), "[65+]"}, {"not a column", "示例丙", "[1-9]"}, {"birth_date", "1964-02-29", "[10-17]"},
		{"name", "示例丙", "示…丙"}, {"name", "示例", "示…"}, {"name", "示", "…"}, {"name", "", ""}, {"id_number", "", ""},
		{"fined_on", "2026-03-10", "2…0"}, {"fine", "500.00 CNY", "5…Y"}, {"version", "12", "1…"}, {"id_type", "cn-id", "c…d"}, {"name", "\xff\xff\xff", "\ufffd…\ufffd"},
	} {
		if got := furnish.Mask(typ, c[0], c[1]); got != c[2] {
			t.Errorf("%s: got %q, want %q", c[0], got, c[2])
		}
	}
}
