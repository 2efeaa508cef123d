// Package obskit is what an operator can watch: metrics in the Prometheus text
// format, without a name, number or path of a person in any label.
//
// It promises that labels come from closed sets known at start (routes, workers,
// outcomes), so that nothing a caller sends can become one.
package obskit

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is the registry of one process.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

// New returns an empty registry with the process's own figures.
func New(version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "recourse_http_request_seconds",
			Help: "Time from the head of a request to the end of its answer.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15)}, []string{"route", "status"}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "recourse_build_info", Help: "Always 1; the label is the version."}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	m.registry.MustRegister(m.requests, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Gauge registers a figure that is asked for when metrics are read. A figure
// that cannot be had is left out by returning false.
func (m *Metrics) Gauge(name, help string, read func(context.Context) (float64, bool)) {
	m.registry.MustRegister(&lazy{desc: prometheus.NewDesc(name, help, nil, nil), read: read})
}

// Request notes one request. Route is a pattern of the route table, never a path.
func (m *Metrics) Request(route, status string, took time.Duration) {
	m.requests.WithLabelValues(route, status).Observe(took.Seconds())
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 5 * time.Second})
}

type lazy struct {
	desc *prometheus.Desc
	read func(context.Context) (float64, bool)
}

// Describe is prometheus.Collector.
func (l *lazy) Describe(ch chan<- *prometheus.Desc) { ch <- l.desc }

// Collect is prometheus.Collector.
func (l *lazy) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if v, ok := l.read(ctx); ok {
		ch <- prometheus.MustNewConstMetric(l.desc, prometheus.GaugeValue, v)
	}
}
