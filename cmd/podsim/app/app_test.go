package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/podsim/podsim/cmd/podsim/app"
	"github.com/podsim/podsim/scenarios"
)

// The programs of the scripts. mypodsim is a podsim with plugins of its own, as
// its users would build one.
func TestMain(m *testing.M) {
	podsim := func(options ...app.Option) func() {
		return func() {
			limitFiles()
			os.Exit(app.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, options...))
		}
	}
	testscript.Main(m, map[string]func(){
		"podsim":       podsim(),
		"mypodsim":     podsim(toyPlugins()...),
		"interrupting": interrupting,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"json":   checkJSON,
			"damage": damage,
		},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "C.UTF-8")
			return nil
		},
	})
}

// exits CODE program args... runs a program that must end with this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// json FILE path=value... checks that a file is one JSON value and what stands at
// these paths. A path has dots between names and numbers.
func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: json FILE path=value...")
	}
	var whole any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &whole); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
	for _, arg := range args[1:] {
		path, want, _ := strings.Cut(arg, "=")
		value := whole
		for step := range strings.SplitSeq(path, ".") {
			switch v := value.(type) {
			case map[string]any:
				value = v[step]
			case []any:
				i, err := strconv.Atoi(step)
				ts.Check(err)
				if i >= len(v) {
					ts.Fatalf("%s: %s has %d items", args[0], path, len(v))
				}
				value = v[i]
			default:
				ts.Fatalf("%s: %s: nothing there", args[0], path)
			}
		}
		if got := fmt.Sprint(value); got != want {
			ts.Fatalf("%s: %s is %s, want %s", args[0], path, got, want)
		}
	}
}

// main runs podsim in this process.
func main(args ...string) (code int, stdout, stderr string) {
	var out, problems bytes.Buffer
	code = app.Main(args, strings.NewReader(""), &out, &problems)
	return code, out.String(), problems.String()
}

func TestEmbeddedScenariosPassAndRepeatThemselves(t *testing.T) {
	for _, e := range scenarios.Embedded() {
		if len(e.Data) > 0 {
			continue // needs a file that does not come with podsim
		}
		t.Run(e.Name, func(t *testing.T) {
			code, first, stderr := main("run", e.Name, "-o", "json")
			if code != app.ExitPass {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			var summary struct{ Assertions []struct{ Passed bool } }
			if err := json.Unmarshal([]byte(first), &summary); err != nil {
				t.Fatal(err)
			}
			if len(summary.Assertions) == 0 {
				t.Error("the scenario asserts nothing")
			}
			if _, second, _ := main("run", e.Name, "-o", "json"); second != first {
				t.Error("a second run has another summary")
			}
		})
	}
}

// Every verb explains itself and shows how it is used.
func TestEveryVerbHasHelpWithExamples(t *testing.T) {
	for _, verb := range app.New(nil, nil, nil).Commands() {
		code, help, stderr := main(verb.Name(), "--help")
		if code != app.ExitPass || stderr != "" {
			t.Errorf("%s --help: exit code %d: %s", verb.Name(), code, stderr)
		}
		for _, want := range []string{"Examples:", "podsim " + verb.Name(), verb.Long} {
			if !strings.Contains(help, want) || want == "" {
				t.Errorf("the help of %s lacks %q", verb.Name(), want)
			}
		}
		for line := range strings.Lines(help) {
			if columns := len([]rune(strings.TrimRight(line, "\n"))); columns > 150 {
				t.Errorf("the help of %s has a line of %d columns", verb.Name(), columns)
			}
		}
	}
}
