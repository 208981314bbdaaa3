package trace

import (
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/limits"
)

// scalings reads the later numbers of replicas of a row.
func (c *csvRows) scalings(shape *Shape) []Scaling {
	text := c.cell(scalingsColumn)
	if text == "" {
		return nil
	}
	if shape.Object == "" && shape.Template == "" || shape.Object != "" && !slices.Contains(scalableKinds, c.kind) {
		c.wrong(scalingsColumn, "a %s has no replicas; want a %s", c.kind, strings.Join(scalableKinds, ", a "))
		return nil
	}
	var list []Scaling
	for part := range strings.SplitSeq(text, ";") {
		after, replicas, _ := strings.Cut(part, "=")
		d, err := seconds(strings.TrimSpace(after))
		n, wrong := strconv.ParseInt(strings.TrimSpace(replicas), 10, 32)
		if err != nil || wrong != nil || n < 0 || n > limits.Replicas {
			c.wrong(scalingsColumn, "got %q; want times with numbers of replicas, such as 10m=5;1h30m=2", cut(part))
			return nil
		}
		if len(list) > 0 && d < list[len(list)-1].After {
			c.wrong(scalingsColumn, "%s comes before the one on its left; want them in order of time", cut(part))
			return nil
		}
		list = append(list, Scaling{After: d, Replicas: int32(n)})
	}
	return list
}

// scalingsCell writes numbers of replicas in one cell.
func scalingsCell(list []Scaling) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(secondsText(s.After) + "=" + strconv.Itoa(int(s.Replicas)))
	}
	return b.String()
}
