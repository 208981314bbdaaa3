package podsim_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/podsim/podsim/models/yamlnode"
	"github.com/podsim/podsim/scenarios"
)

// The examples of the documents are what editors with the schema take.
func TestTheExamplesOfDocumentsFitTheSchema(t *testing.T) {
	text, err := jsonschema.UnmarshalJSON(bytes.NewReader(scenarios.Schema(nil)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("podsim.schema.json", text); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("podsim.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", referencePage} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		examples := fences(string(page), "yaml")
		if len(examples) == 0 {
			t.Errorf("%s has no examples", name)
		}
		for _, example := range examples {
			parsed, err := yamlnode.Parse(name, strings.NewReader(example))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed {
				if err := schema.Validate(d.Root.Value()); err != nil {
					t.Errorf("%s: %v in\n%s", name, err, example)
				}
			}
		}
	}
}
