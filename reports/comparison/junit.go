package comparison

import (
	"fmt"
	"io"

	"github.com/podsim/podsim/reports"
)

// WriteJUnit writes the assertions as JUnit XML: a suite for each cell and a case
// for each assertion over the policies, and one for each assertion of the scenario
// that failed in some runs of a policy.
func WriteJUnit(w io.Writer, c *Comparison) error {
	var suites []reports.JUnitSuite
	at := make(map[string]int)
	suite := func(settings []Setting) *reports.JUnitSuite {
		name := c.Name
		if label := Label(settings); label != "" {
			name += ": " + label
		}
		i, known := at[name]
		if !known {
			i = len(suites)
			at[name] = i
			suites = append(suites, reports.JUnitSuite{Name: name})
		}
		return &suites[i]
	}
	for i := range c.Cells {
		suite(c.Cells[i].Settings)
	}
	for _, a := range c.Assertions {
		one := reports.JUnitCase{Class: c.Name, Name: a.Text}
		if !a.Passed {
			one.Failure, one.Detail = a.Message, a.Message
			if a.Message == "" {
				one.Failure = "did not hold"
			}
			if a.Got != "" {
				one.Detail += "\ngot " + a.Got
			}
		}
		s := suite(a.Settings)
		s.Cases = append(s.Cases, one)
	}
	for i := range c.Cells {
		s := suite(c.Cells[i].Settings)
		for _, f := range c.Cells[i].Failures {
			s.Cases = append(s.Cases, reports.JUnitCase{Class: c.Name + "." + f.Policy, Name: f.Assertion,
				Failure: fmt.Sprintf("failed in %d of %s", len(f.Seeds), reports.Plural(len(c.Seeds), "seed")),
				Detail:  "in " + seedText(f.Seeds)})
		}
	}
	return reports.WriteJUnitSuites(w, c.Name, suites)
}
