package office

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// weeksShown on the dashboard, the running one included.
const weeksShown = 12

// usage is how often the people of a workspace signed in and activated their access, week by week.
type usage struct {
	weeks       []week
	signIns     plot
	activations plot
}

// week is one row of the plots' table. It begins on a Monday of the workspace's time zone.
type week struct {
	name                 string // « S47 »
	monday               time.Time
	signIns, activations int
}

func readUsage(r *web.Request, tx *sqldb.Tx) (u usage, err error) {
	zone := r.Workspace.Zone()
	mondays := lastMondays(r.Now.In(zone), weeksShown)
	activations, err := directory.Joined(r.Context(), tx, r.By, mondays)
	if err != nil {
		return u, err
	}
	signIns, err := login.SignIns(r.Context(), tx, r.By, mondays[:weeksShown])
	if err != nil {
		return u, err
	}
	for i := range weeksShown {
		_, number := mondays[i].ISOWeek()
		u.weeks = append(u.weeks, week{r.P.Text("office.dashboard.week", "Number", strconv.Itoa(number)), mondays[i], signIns[i], activations[i]})
	}
	u.signIns, u.activations = newPlot(signIns), newPlot(activations)
	return u, nil
}

// lastMondays are the Mondays of the last n weeks, oldest first, and the one that ends the running week.
func lastMondays(now time.Time, n int) []time.Time {
	this := login.WeekOf(now)
	list := make([]time.Time, n+1)
	for i := range list {
		list[i] = this.AddDate(0, 0, 7*(i-n+1))
	}
	return list
}

// plot is one series, ready to be drawn over a width of 10 a week and a height of 100.
type plot struct {
	values []int
	top    int // of the scale: a round number, the half of which is one too
	total  int
}

func newPlot(values []int) plot {
	p := plot{values: values, top: 2}
	most := 0
	for _, n := range values {
		p.total += n
		most = max(most, n)
	}
	for unit := 1; p.top < most; unit *= 10 {
		for _, step := range [...]int{2, 4, 6, 8, 10, 12, 16} {
			if p.top = step * unit; p.top >= most {
				break
			}
		}
	}
	return p
}

func (p plot) last() int     { return p.values[len(p.values)-1] }
func (p plot) previous() int { return p.values[len(p.values)-2] }

// scale are the figures at its side, from the top down.
func (p plot) scale(words *locale.Printer) []string {
	return []string{words.Number(p.top), words.Number(p.top / 2), "0"}
}

// height of a value, of 100.
func (p plot) height(n int) float64 { return 100 * float64(n) / float64(p.top) }

// bar is a column of the plot, as attributes of a rect; the running week's is drawn as unfinished.
type bar struct {
	x, y, height string
	running      bool
}

func (p plot) bars() []bar {
	list := make([]bar, len(p.values))
	for i, n := range p.values {
		h := p.height(n)
		list[i] = bar{strconv.Itoa(10*i + 2), decimal(100 - h), decimal(h), i == len(p.values)-1}
	}
	return list
}

// trace is the line of the plot: the points of a polyline.
func (p plot) trace() string {
	points := make([]string, len(p.values))
	for i, n := range p.values {
		points[i] = fmt.Sprintf("%d,%s", 10*i+5, decimal(100-p.height(n)))
	}
	return strings.Join(points, " ")
}

// dots mark the weeks on the line, each as the path of a point.
func (p plot) dots() []string {
	list := make([]string, len(p.values))
	for i, n := range p.values {
		list[i] = fmt.Sprintf("M%d %sh.001", 10*i+5, decimal(100-p.height(n)))
	}
	return list
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
