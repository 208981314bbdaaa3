package capacity_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/golden"
	"github.com/podsim/podsim/reports/hostile"
)

// planFiles are the files of a plan, by name.
var planFiles = []struct {
	name  string
	write func(*capacity.Plan, io.Writer) error
}{
	{capacity.PlanJSONFile, (*capacity.Plan).WriteJSON}, {capacity.PlanMarkdownFile, (*capacity.Plan).WriteMarkdown},
	{capacity.MixesFile, (*capacity.Plan).WriteCSV}, {capacity.FrontierFile, (*capacity.Plan).WriteFrontierCSV},
	{capacity.FailuresFile, (*capacity.Plan).WriteFailuresCSV},
	{capacity.PlanTextFile, func(p *capacity.Plan, w io.Writer) error {
		return p.WriteText(w, reports.Terminal{Width: 80, Unicode: true})
	}},
}

func planWritten(t testing.TB, p *capacity.Plan) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, f := range planFiles {
		out[f.name] = written(t, func(w io.Writer) error { return f.write(p, w) })
	}
	return out
}

func TestPlanFiles(t *testing.T) {
	for name, text := range planWritten(t, madeUpPlan()) {
		if name != capacity.PlanTextFile {
			golden.Match(t, name, text)
		}
	}
}

func TestPlanReports(t *testing.T) {
	for name, p := range map[string]*capacity.Plan{
		"plan": madeUpPlan(), "unproven": unprovenPlan(), "none": planWithoutAnswer(), "nodes": planOfNodes(), "interrupted": interruptedPlan(),
		"nothing": planOfNothing(),
	} {
		for _, terminal := range []reports.Terminal{{Width: 100, Unicode: true}, {Width: 80, Unicode: true}, {Width: 60}, {Width: 40, Unicode: true}} {
			if name != "plan" && terminal.Width != 80 {
				continue
			}
			name := fmt.Sprintf("%s_%d.txt", name, terminal.Width)
			t.Run(name, func(t *testing.T) {
				text := textOf(t, p, terminal)
				linesFit(t, text, terminal)
				golden.Match(t, name, text)
			})
		}
	}
}

// linesFit checks that a terminal can show the lines.
func linesFit(t *testing.T, text string, terminal reports.Terminal) {
	t.Helper()
	golden.Fits(t, text, terminal.Width, terminal.Unicode, twwidth.Width)
}

func TestPlansReadBack(t *testing.T) {
	for _, p := range []*capacity.Plan{madeUpPlan(), planWithoutAnswer()} {
		back, err := capacity.ReadPlan([]byte(planWritten(t, p)[capacity.PlanJSONFile]))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, back); diff != "" {
			t.Errorf("-wrote +read:\n%s", diff)
		}
	}
	for _, text := range []string{
		"", "[]", "{}", `{"candidates": []}`, `{"candidates": [{}], "recommendation": {"counts": []}}`, `{"candidates": [{}], "mixes": [{"counts": [1, 2]}]}`,
		`{"candidates": [{}], "failures": {"contingencies": [{}]}}`, `{"candidates": [{}], "failures": {"contingencies": [{}], "cells": [[{}]]}}`,
		`{"candidates": [{}], "frontier": [{}]}`, `{"candidates": [{}], "sensitivity": [{"mix": {"counts": []}}]}`,
	} {
		if _, err := capacity.ReadPlan([]byte(text)); err == nil {
			t.Errorf("%q was read as a plan", text)
		}
	}
}

func TestPlanColumnsAreThoseThatAreWritten(t *testing.T) {
	p := madeUpPlan()
	files := planWritten(t, p)
	for _, file := range []string{capacity.MixesFile, capacity.FrontierFile, capacity.FailuresFile} {
		var documented []string
		for _, c := range capacity.PlanColumns() {
			switch {
			case c.File != file:
			case c.Name == "nodes(<candidate>)":
				for _, candidate := range p.Candidates {
					documented = append(documented, "nodes("+candidate.Name+")")
				}
			default:
				documented = append(documented, c.Name)
			}
		}
		written, _, _ := strings.Cut(files[file], "\n")
		if want := strings.Join(documented, ","); written != want {
			t.Errorf("%s has the columns %s; documented are %s", file, written, want)
		}
	}
}

// namedPlan is a plan in which everything that others chose has a name.
func namedPlan(name string) *capacity.Plan {
	p := madeUpPlan()
	p.Name, p.Scenario, p.Description, p.Version, p.Digest, p.Currency = name, name, name, name, name, name
	p.Argument, p.Bound.How, p.Bound.Contingency = name, name, name
	p.Assumptions, p.Notes = []string{name}, []string{name}
	for i := range p.Candidates {
		c := &p.Candidates[i]
		c.Name, c.Zones, c.Allocatable = name+strconv.Itoa(i), []string{name, name}, map[string]string{name: name}
	}
	for _, list := range [][]capacity.Mix{p.Mixes, p.Below} {
		for i := range list {
			if m := list[i].Miss; m != nil {
				*m = capacity.Miss{Contingency: name, Objective: name, Unit: name, Message: name, Value: m.Value}
			}
		}
	}
	for i := range p.Frontier {
		p.Frontier[i].Objective, p.Frontier[i].Unit = name, name
	}
	for i := range p.Sensitivity {
		p.Sensitivity[i].What = name
	}
	for i := range p.Binding {
		p.Binding[i].What, p.Binding[i].Why, p.Binding[i].Of = name, name, name
	}
	for i := range p.Headroom {
		p.Headroom[i].Resource, p.Headroom[i].Contingency = name, name
	}
	f := &p.Failures
	for i := range f.Contingencies {
		f.Contingencies[i] = capacity.ContingencyName{Name: name, Help: name}
		for j := range f.Cells[i] {
			f.Cells[i][j].Unit = name
		}
	}
	for j := range f.Objectives {
		f.Objectives[j] = name
	}
	return p
}

func TestHostileNamesInPlansAreHarmless(t *testing.T) {
	for _, name := range hostile.Names {
		for file, text := range planWritten(t, namedPlan(name)) {
			for _, r := range text {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Errorf("%s of %q holds %U", file, name, r)
					break
				}
			}
			switch {
			case strings.HasSuffix(file, ".csv"):
				noFormulas(t, file, text)
			case strings.HasSuffix(file, ".json"):
				if !json.Valid([]byte(text)) {
					t.Errorf("%s of %q is no JSON", file, name)
				}
			case strings.HasSuffix(file, ".md"):
				markupIsOurs(t, text)
			case strings.HasSuffix(file, ".txt"):
				linesFit(t, text, reports.Terminal{Width: 80, Unicode: true})
			}
		}
	}
}

// noFormulas checks that a spreadsheet takes no cell for a formula.
func noFormulas(t *testing.T, file, text string) {
	t.Helper()
	table, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, cell := range slices.Concat(table...) {
		_, err := strconv.ParseFloat(cell, 64)
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && err != nil {
			t.Errorf("%s holds the formula %q", file, cell)
		}
	}
}

// markupIsOurs checks that rows of tables have the cells of their header and that
// nothing outside code is markup that podsim did not write.
func markupIsOurs(t *testing.T, text string) {
	t.Helper()
	bars, code := 0, false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if code {
			continue
		}
		if !strings.HasPrefix(line, "|") {
			bars = 0
		} else if n := strings.Count(line, "|"); bars != 0 && n != bars {
			t.Errorf("a row has %d bars, its header %d: %s", n, bars, line)
		} else {
			bars = n
		}
		bare := strings.NewReplacer("<code>", "", "</code>", "").Replace(line)
		for i, part := range strings.Split(bare, "`") {
			if i%2 == 0 && (strings.ContainsAny(part, "<>[]@$~\\") || strings.Contains(part, "://")) {
				t.Errorf("markup outside code: %q in %s", part, line)
			}
		}
	}
}
