package parquetfile

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/hostile"
	"github.com/podsim/podsim/reports/hostile/madeup"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scenarios/logged"
)

// tables are all tables of a run, as Parquet and as reports writes them.
type tables struct {
	parquet map[string]*bytes.Buffer
	plain   map[string]*bytes.Buffer
}

func eventColumns() []reports.Column {
	return slices.DeleteFunc(reports.Columns(), func(c reports.Column) bool { return c.File != reports.EventsFile })
}

// export writes the tables of a log.
func export(t *testing.T, log []byte, end models.Time) *tables {
	t.Helper()
	p, err := cluster.NewReplay(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	all := &tables{parquet: make(map[string]*bytes.Buffer), plain: make(map[string]*bytes.Buffer)}
	var files []*File
	open := func(name string, columns []reports.Column) (reports.RowWriter, error) {
		all.parquet[name] = new(bytes.Buffer)
		f, err := New(all.parquet[name], "v0", columns, map[string]string{"a": "1", "b": "2", "c": "3"})
		files = append(files, f)
		return f, err
	}
	for _, name := range []string{reports.PodsFile, reports.NodesFile, reports.OwnersFile, reports.SeriesFile, reports.EventsFile} {
		all.plain[name] = new(bytes.Buffer)
	}
	events, err := open(reports.EventsFile, eventColumns())
	if err != nil {
		t.Fatal(err)
	}
	r, err := reports.NewRecorder(reports.Config{
		Horizon: end, Pods: all.plain[reports.PodsFile], Events: io.MultiWriter(all.plain[reports.EventsFile], NewEvents(events, eventColumns())),
	}, p.Cluster.View())
	if err != nil {
		t.Fatal(err)
	}
	r.Tables(open)
	p.Cluster.Observe(r)
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	s, err := r.Finish(end)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		s.WriteNodesCSV(all.plain[reports.NodesFile]), s.WriteOwnersCSV(all.plain[reports.OwnersFile]), s.WriteSeriesCSV(all.plain[reports.SeriesFile]),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// outage returns the log of the embedded scenario, which has all kinds of rows.
func outage(t *testing.T) ([]byte, models.Time) {
	t.Helper()
	log, end, _ := logged.Run(t, scenarios.Input{Files: []scenarios.File{logged.Embedded(t, "zone-outage")}, For: 3 * time.Hour})
	return log, end
}

// rows reads a table: the names of its columns, and its rows as texts; nil is missing.
func rows(t *testing.T, text []byte) (names []string, list [][]any, file *parquet.File) {
	t.Helper()
	file, err := parquet.OpenFile(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range file.Schema().Columns() {
		names = append(names, column[0])
	}
	for _, group := range file.RowGroups() {
		reader := group.Rows()
		batch := make([]parquet.Row, 64)
		for {
			n, err := reader.ReadRows(batch)
			for _, row := range batch[:n] {
				var values []any
				for _, v := range row {
					values = append(values, plain(v))
				}
				list = append(list, values)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := reader.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return names, list, file
}

func plain(v parquet.Value) any {
	switch {
	case v.IsNull():
		return nil
	case v.Kind() == parquet.Int64:
		return v.Int64()
	case v.Kind() == parquet.Double:
		return v.Double()
	case v.Kind() == parquet.Boolean:
		return v.Boolean()
	}
	return string(v.ByteArray())
}

func TestTablesHoldWhatTheCSVFilesHold(t *testing.T) {
	log, end := outage(t)
	all := export(t, log, end)
	for _, name := range []string{reports.PodsFile, reports.NodesFile, reports.OwnersFile, reports.SeriesFile} {
		names, list, _ := rows(t, all.parquet[name].Bytes())
		want, err := csv.NewReader(all.plain[name]).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(names, want[0]) || len(list) != len(want)-1 || len(list) == 0 {
			t.Fatalf("%s: columns %v and %d rows, want %v and %d", name, names, len(list), want[0], len(want)-1)
		}
		for i, row := range list {
			for j, got := range row {
				if !equal(got, want[i+1][j]) {
					t.Fatalf("%s: row %d: %s is %v, want %s", name, i, names[j], got, want[i+1][j])
				}
			}
		}
	}
}

// equal compares a value with a cell of a CSV file.
func equal(got any, cell string) bool {
	switch v := got.(type) {
	case nil:
		return cell == ""
	case string:
		return v == cell
	case int64:
		return strconv.FormatInt(v, 10) == cell
	case bool:
		return strconv.FormatBool(v) == cell
	}
	want, err := strconv.ParseFloat(cell, 64)
	return err == nil && got == want
}

func TestEventsHoldWhatTheLinesHold(t *testing.T) {
	log, end := outage(t)
	hostileLog, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	for _, all := range []*tables{export(t, log, end), export(t, hostileLog, madeup.End)} {
		names, list, _ := rows(t, all.parquet[reports.EventsFile].Bytes())
		lines := strings.Split(strings.TrimSuffix(all.plain[reports.EventsFile].String(), "\n"), "\n")
		if len(list) != len(lines) {
			t.Fatalf("%d rows, want %d", len(list), len(lines))
		}
		for i, line := range lines {
			var want map[string]any
			d := json.NewDecoder(strings.NewReader(line))
			d.UseNumber()
			if err := d.Decode(&want); err != nil {
				t.Fatal(err)
			}
			for j, got := range list[i] {
				if !sameField(got, want[names[j]]) {
					t.Fatalf("%s of %s is %v", names[j], line, got)
				}
				delete(want, names[j])
			}
			if len(want) > 0 {
				t.Fatalf("%v of %s is lost", want, line)
			}
		}
	}
}

// sameField compares a value with a field of a JSON object.
func sameField(got, want any) bool {
	switch w := want.(type) {
	case nil:
		return got == nil
	case json.Number:
		if n, ok := got.(int64); ok {
			return strconv.FormatInt(n, 10) == w.String()
		}
		x, err := w.Float64()
		return err == nil && got == x
	case map[string]any, []any:
		var value any
		d := json.NewDecoder(strings.NewReader(got.(string)))
		d.UseNumber()
		return d.Decode(&value) == nil && jsonText(value) == jsonText(w)
	}
	return got == want
}

func jsonText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func TestATableExplainsItsColumns(t *testing.T) {
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range export(t, log, madeup.End).parquet {
		names, _, file := rows(t, text.Bytes())
		documented, _ := file.Lookup(columnsKey)
		var columns []reports.Column
		if err := json.Unmarshal([]byte(documented), &columns); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := slices.DeleteFunc(reports.Columns(), func(c reports.Column) bool { return c.File != name || strings.Contains(c.Name, "<") })
		for i := range want {
			want[i].File = ""
		}
		if !slices.Equal(columns, want) || len(names) != len(want) {
			t.Errorf("%s explains %v, want %v", name, columns, want)
		}
	}
}

func TestHostileNamesAreTextsOfTables(t *testing.T) {
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := rows(t, export(t, log, madeup.End).parquet[reports.NodesFile].Bytes())
	for i, name := range hostile.Names {
		if want := strings.ToValidUTF8(name, "\ufffd"); list[i][0] != want {
			t.Errorf("node %q is %q", want, list[i][0])
		}
	}
}

func TestEqualRunsHaveEqualTables(t *testing.T) {
	log, end := outage(t)
	one, other := export(t, log, end), export(t, log, end)
	for name := range one.parquet {
		if !bytes.Equal(one.parquet[name].Bytes(), other.parquet[name].Bytes()) {
			t.Errorf("%s differs", strings.TrimSuffix(name, filepath.Ext(name)))
		}
	}
}

// Lines may come in any pieces, and what is no event is refused.
func TestEventsComeInPieces(t *testing.T) {
	lines := `{"t":1.5,"op":"CreatePod","pod":"a/\u0022,\"b","resources":{"x":{"y":[1,2]}}}` + "\n" + `{"t":2,"op":"BindPod","node":""}` + "\n"
	var texts []string
	for _, size := range []int{1, 3, len(lines)} {
		var out bytes.Buffer
		f, err := New(&out, "v0", eventColumns(), nil)
		if err != nil {
			t.Fatal(err)
		}
		e := NewEvents(f, eventColumns())
		for piece := range slices.Chunk([]byte(lines), size) {
			if _, err := e.Write(piece); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		_, list, _ := rows(t, out.Bytes())
		texts = append(texts, jsonText(list))
	}
	if texts[0] != texts[2] || texts[1] != texts[2] || !strings.Contains(texts[0], `"a/\",\"b"`) {
		t.Errorf("pieces of lines make different rows: %v", texts)
	}
	for _, line := range []string{"x", "{", `{"t"}`, `{"t":}`, `{"t":"x"}`, `{"op":1}`, `{"unknown":1}`, `{"op":"a`, `{"op":"\x"}`} {
		f, err := New(io.Discard, "v0", eventColumns(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if e := NewEvents(f, eventColumns()); e.line([]byte(line)) == nil {
			t.Errorf("%q is taken for an event", line)
		}
	}
}
