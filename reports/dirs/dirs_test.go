package dirs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMadeFoldersAreTakenBack(t *testing.T) {
	parent := t.TempDir()
	outer := filepath.Join(parent, "a")
	inner := filepath.Join(outer, "b", "c")
	made, err := Make(inner)
	if want := []string{inner, filepath.Join(outer, "b"), outer}; err != nil || !slices.Equal(made, want) {
		t.Fatalf("made %q, %v; want %q", made, err, want)
	}
	if again, err := Make(inner); err != nil || len(again) > 0 {
		t.Errorf("made %q again, %v", again, err)
	}
	if err := os.WriteFile(filepath.Join(outer, "kept"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	TakeBack(made)
	if _, err := os.Stat(filepath.Join(outer, "b")); !os.IsNotExist(err) {
		t.Errorf("an empty folder stays: %v", err)
	}
	if _, err := os.Stat(filepath.Join(outer, "kept")); err != nil {
		t.Error(err)
	}
}

func TestFoldersBelowAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := os.OpenRoot(filepath.Join(file, "deep"))
	if err = Cause(err); err == nil || strings.Contains(err.Error(), "file") {
		t.Errorf("got %v; want the cause without a path", err)
	}
	if made, err := Make(filepath.Join(file, "deep")); len(made) > 0 {
		t.Errorf("made %q, %v", made, err)
	}
}
