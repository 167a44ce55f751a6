package store

import (
	"slices"
	"sync"
)

// maxFacetCache bounds the filters whose counts are kept.
const maxFacetCache = 128

// facetCache keeps the counts of filters until devices or findings change: every
// reader of a list asks for the same few. The zero value is ready.
type facetCache struct {
	mu  sync.Mutex
	age uint64            // guarded by mu; grows with every change
	by  map[string]Facets // guarded by mu
}

// key is the filter without what only chooses the page.
func (f DeviceFilter) key() string {
	f.Sort, f.Limit, f.Offset = "", 0, 0
	return asJSON(f)
}

// get gives the counts of a filter, or the age that put must name.
func (c *facetCache) get(key string) (out Facets, age uint64, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out, found = c.by[key]
	return out.clone(), c.age, found
}

// put keeps counts unless something changed since get.
func (c *facetCache) put(key string, age uint64, v Facets) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age != c.age {
		return
	}
	if c.by == nil || len(c.by) >= maxFacetCache {
		c.by = map[string]Facets{}
	}
	c.by[key] = v.clone()
}

// forget drops everything. Call it after the commit.
func (c *facetCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age++
	c.by = nil
}

// clone copies the lists, so that a caller may sort its own.
func (f Facets) clone() Facets {
	for _, list := range []*[]Facet{&f.Tiers, &f.Kinds, &f.Bands, &f.Locations, &f.Departments, &f.Manufacturers} {
		*list = slices.Clone(*list)
	}
	return f
}
