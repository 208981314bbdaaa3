package capacity_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/podsim/podsim/reports/capacity"
)

func TestTheReferenceHasEveryFieldOfAPlan(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := make(map[string]string)
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		name, body, _ := strings.Cut(section, "\n")
		sections[name] = body
	}
	documented := make(map[reflect.Type]bool)
	var visit func(of reflect.Type)
	visit = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || documented[of] {
			return
		}
		documented[of] = true
		rows := strings.Count(sections[of.Name()], "\n| `")
		if rows != of.NumField() {
			t.Errorf("the section %s of the reference has %d fields; there are %d", of.Name(), rows, of.NumField())
		}
		for i := range of.NumField() {
			if key := of.Field(i).Tag.Get("json"); !strings.Contains(sections[of.Name()], "\n| `"+key+"` | ") {
				t.Errorf("the section %s of the reference does not have %s", of.Name(), key)
			}
			visit(of.Field(i).Type)
		}
	}
	visit(reflect.TypeFor[capacity.Plan]())
	if len(documented) != len(sections) {
		t.Errorf("the reference has %d sections; there are %d types", len(sections), len(documented))
	}
}
