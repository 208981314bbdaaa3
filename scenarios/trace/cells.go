package trace

import (
	"fmt"
	"time"

	"github.com/podsim/podsim/models/spelling"
)

// cells are a table of podsim's own, whose columns have names that are known.
type cells struct {
	table
	at map[string]int // where each column stands
}

// unknownColumn tells of a column of the header that none of the known ones is.
func (c *cells) unknownColumn(at int, known []string) {
	what := fmt.Sprintf("unknown column %q", cut(c.header[at]))
	if guess := spelling.Guess(c.header[at], known); guess != "" {
		what += fmt.Sprintf("; did you mean %q?", guess)
	} else {
		what += "; columns of your own begin with " + ownPrefix
	}
	c.r.blame(columnOf(c.line, at), "", "%s", what)
}

// place returns where a column stands, -1 if there is none.
func (c *cells) place(column string) int {
	if at, ok := c.at[column]; ok {
		return at
	}
	return -1
}

func (c *cells) cell(column string) string { return unescapeCell(c.field(c.place(column))) }

func (c *cells) wrong(column, format string, args ...any) {
	c.blame(c.place(column), format, args...)
}

// time reads a time, negative if the cell is empty.
func (c *cells) time(column string) time.Duration {
	text := c.cell(column)
	if text == "" {
		return -1
	}
	d, err := seconds(text)
	if err != nil {
		c.wrong(column, "%v", err)
		return -1
	}
	return d
}
