package main

import (
	"reflect"
	"strings"
	"testing"

	"recourse/client"
	"recourse/internal/inquiry/inquiryapi"
)

// TestTypes_areThoseOfTheAPI compares names, order and kinds of fields.
func TestTypes_areThoseOfTheAPI(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]any{{client.Question{}, inquiryapi.Question{}}, {client.Answer{}, inquiryapi.Result{}}} {
		if ours, theirs := shape(reflect.TypeOf(pair[0])), shape(reflect.TypeOf(pair[1])); ours != theirs {
			t.Errorf("the client has\n%s\nand the API\n%s", ours, theirs)
		}
	}
}

func shape(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		var b strings.Builder
		for i := range t.NumField() {
			if t.Field(i).Tag.Get("json") == "-" {
				continue // on no wire
			}
			b.WriteString(t.Field(i).Tag.Get("json") + " " + shape(t.Field(i).Type) + "\n")
		}
		return "{" + b.String() + "}"
	case reflect.Slice:
		return "[]" + shape(t.Elem())
	}
	return t.String()
}
