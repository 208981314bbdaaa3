package limits_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/podsim/podsim/models/limits"
)

// TestEveryLimitIsExplained compares the constants with the rows of All.
func TestEveryLimitIsExplained(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "limits.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var constants []string
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				if name.IsExported() {
					constants = append(constants, name.Name)
				}
			}
		}
	}
	var rows []string
	for _, limit := range limits.All() {
		rows = append(rows, limit.Name)
		if limit.Of == "" || limit.Most <= 0 || limit.Why == "" || limit.Beyond == "" {
			t.Errorf("%s is not explained: %+v", limit.Name, limit)
		}
	}
	if diff := cmp.Diff(constants, rows); diff != "" {
		t.Errorf("-constants +rows:\n%s", diff)
	}
}
