// Package metrics counts what the hub does, for Prometheus. It holds the list of
// names; docs/reference/metrics.md explains them. No label ever holds a device,
// an address or a person.
package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are all the figures of one hub.
type Metrics struct {
	Requests    *prometheus.HistogramVec // route, status
	ImportBytes prometheus.Counter
	Sessions    prometheus.Counter
	Findings    *prometheus.GaugeVec // band
	FeedAge     *prometheus.GaugeVec // feed
	BusWaiting  prometheus.Gauge
	BusDead     prometheus.Gauge
	Notices     *prometheus.CounterVec // channel, result
	StoreBytes  prometheus.Gauge
	registry    *prometheus.Registry
}

// New makes the figures with those of Go and of the process.
func New() *Metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "ward", Name: name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "ward", Name: name, Help: help})
	}
	gauges := func(name, help, label string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "ward", Name: name, Help: help}, []string{label})
	}
	m := &Metrics{
		Requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "ward", Name: "http_request_seconds",
			Help: "Time of HTTP requests.", Buckets: []float64{.005, .01, .025, .05, .1, .3, 1, 3, 10}}, []string{"route", "status"}),
		ImportBytes: counter("import_bytes_total", "Bytes of inputs that were read."),
		Sessions:    counter("sessions_total", "Sessions that were stored."),
		Findings:    gauges("findings", "Open findings by band.", "band"),
		FeedAge:     gauges("feed_age_seconds", "Time since a feed was last updated.", "feed"),
		BusWaiting:  gauge("bus_waiting_batches", "Batches of sensors that are not stored yet."),
		BusDead:     gauge("bus_dead_batches", "Batches that could not be used."),
		Notices: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "ward", Name: "notices_total",
			Help: "Notices by channel and result."}, []string{"channel", "result"}),
		StoreBytes: gauge("store_bytes", "Size of the store."),
		registry:   prometheus.NewRegistry(),
	}
	m.registry.MustRegister(m.Requests, m.ImportBytes, m.Sessions, m.Findings, m.FeedAge, m.BusWaiting, m.BusDead, m.Notices,
		m.StoreBytes, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the figures under /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
