package app

import (
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// metrics is what /metrics tells: requests, commits, jobs, the Go runtime. It names routes, never addresses,
// workspaces or persons.
type metrics struct {
	timeout  time.Duration // of an answer
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(c config.Server, version string, db *sqldb.DB) *metrics {
	m := &metrics{
		timeout:  c.MetricsTimeout.Duration(),
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "entregent_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "entregent_http_request_seconds", Help: "Time until the answer was complete, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route"}),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, m.seconds, &queue{db: db, timeout: c.MetricsQuery.Duration()},
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "entregent_build_info", Help: "Always 1; the labels say what runs.",
			ConstLabels: prometheus.Labels{"version": version, "engine": db.Engine()},
		}, func() float64 { return 1 }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "entregent_database_updates_total", Help: "Changes that were committed.",
		}, func() float64 { return float64(db.Stats().Updates) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "entregent_database_commits_total", Help: "Commits that carried them; several changes may share one.",
		}, func() float64 { return float64(db.Stats().Commits) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "entregent_journal_breaks_total", Help: "Checks by this process that found a workspace's history tampered with.",
		}, func() float64 { return float64(breaks.Load()) }))
	return m
}

// observe counts one answered request by the pattern of its route.
func (m *metrics) observe(o web.Observation) {
	m.requests.WithLabelValues(o.Route, strconv.Itoa(o.Status)).Inc()
	m.seconds.WithLabelValues(o.Route).Observe(o.Took.Seconds())
}

// handler serves /metrics, and where the processors' time goes while one asks (/debug/pprof/profile, for go tool pprof): names of
// functions, nothing of anybody's.
func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: m.timeout}))
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	return mux
}
