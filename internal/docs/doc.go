// Package docs holds the tests that keep the documentation true: what can be
// derived from the program is generated from it and compared, links resolve,
// commands exist, every key of the documents is explained. It turns nothing
// into anything; -update writes the generated parts anew:
//
//	go test ./internal/docs -update
package docs
