package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// queue tells how many jobs and letters there are, read from the database when asked.
type queue struct {
	db      *sqldb.DB
	timeout time.Duration
}

var jobsDesc = prometheus.NewDesc("entregent_jobs", "Jobs of the installation: waiting, running, or given up and not yet removed.", []string{"kind", "state"}, nil)

var lettersDesc = prometheus.NewDesc("entregent_letters", "Letters of the installation that are kept: queued, sent, refused or withdrawn.", []string{"state"}, nil)

// Describe names what Collect gives.
func (q *queue) Describe(to chan<- *prometheus.Desc) {
	to <- jobsDesc
	to <- lettersDesc
}

// Collect gives nothing while the database does not answer: the rest of /metrics still does.
func (q *queue) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), q.timeout)
	defer cancel()
	var counts []job.Count
	var letters []mail.Count
	err := q.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		if counts, err = job.Counts(ctx, tx); err != nil {
			return err
		}
		letters, err = mail.Counts(ctx, tx)
		return err
	})
	if err != nil {
		return
	}
	for _, c := range counts {
		to <- prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, float64(c.N), c.Kind, c.State)
	}
	for _, c := range letters {
		to <- prometheus.MustNewConstMetric(lettersDesc, prometheus.GaugeValue, float64(c.N), string(c.State))
	}
}
