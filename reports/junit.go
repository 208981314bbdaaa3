package reports

import (
	"encoding/xml"
	"io"
	"strings"
)

// JUnitSuite is a group of test cases in a JUnit report.
type JUnitSuite struct {
	Name  string
	Cases []JUnitCase
}

// JUnitCase is one test case. It has passed if Failure is empty.
type JUnitCase struct {
	Class   string // what it belongs to, such as the scenario
	Name    string
	Failure string // one line
	Detail  string // more of a failure
}

// WriteJUnit writes the assertions of one run as JUnit XML, for systems of
// continuous integration; name is that of the scenario.
func WriteJUnit(w io.Writer, name string, assertions []AssertionResult) error {
	suite := JUnitSuite{Name: name}
	for _, a := range assertions {
		c := JUnitCase{Class: name, Name: a.Text + ", " + a.When}
		if !a.Passed {
			c.Failure, c.Detail = a.Message, detail(a)
			if c.Failure == "" {
				c.Failure = "did not hold"
			}
		}
		suite.Cases = append(suite.Cases, c)
	}
	return WriteJUnitSuites(w, name, []JUnitSuite{suite})
}

func detail(a AssertionResult) string {
	text := a.Message
	if a.Got != "" {
		text += "\ngot " + a.Got + " at " + Clock(a.At)
	}
	if a.Offender != "" {
		text += "\nsee " + a.Offender
	}
	return text
}

type xmlSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Suites   []xmlSuite `xml:"testsuite"`
}

type xmlSuite struct {
	Name     string    `xml:"name,attr"`
	Tests    int       `xml:"tests,attr"`
	Failures int       `xml:"failures,attr"`
	Errors   int       `xml:"errors,attr"`
	Skipped  int       `xml:"skipped,attr"`
	Cases    []xmlCase `xml:"testcase"`
}

type xmlCase struct {
	Class   string      `xml:"classname,attr"`
	Name    string      `xml:"name,attr"`
	Failure *xmlFailure `xml:"failure"`
}

type xmlFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnitSuites writes a JUnit report. Characters that XML 1.0 cannot hold, and
// those that Visible escapes, are escaped as Visible does it. The report tells of
// no times: equal results have equal reports.
func WriteJUnitSuites(w io.Writer, name string, suites []JUnitSuite) error {
	all := xmlSuites{Name: Visible(name)}
	for _, suite := range suites {
		s := xmlSuite{Name: Visible(suite.Name)}
		for _, c := range suite.Cases {
			one := xmlCase{Class: Visible(c.Class), Name: Visible(c.Name)}
			s.Tests++
			if c.Failure != "" {
				one.Failure = &xmlFailure{Message: Visible(c.Failure), Type: "assertion", Text: visibleLines(c.Detail)}
				s.Failures++
			}
			s.Cases = append(s.Cases, one)
		}
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Suites = append(all.Suites, s)
	}
	page, err := xml.MarshalIndent(&all, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(append([]byte(xml.Header), page...), '\n'))
	return err
}

// visibleLines escapes each line of a text.
func visibleLines(text string) string {
	out := ""
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			out += "\n"
		}
		out += Visible(line)
	}
	return out
}
