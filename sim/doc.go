// Package sim turns a seed and a few numbers into the network traffic of a
// simulated hospital: a capture with the bytes that such devices really send,
// and the ground truth about it. One synthetic patient (internal/canary) stands
// in every protocol that carries patient data.
//
// It is written from the standards and knows nothing of the codecs in wire, so
// that it can test them. It opens no socket and reads no clock: the same Config
// gives the same bytes.
//
// The story: New plans a hospital (layout.go), Write plays it. Each device
// plans activities on the timeline; an activity opens sessions; a session is a
// list of small frame descriptions that wait for their time and become bytes
// only when they are written, so that a capture of many gigabytes needs little
// memory.
package sim
