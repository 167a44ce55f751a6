package session

import "ward/wire/proto"

// services is every protocol Ward reads, the more specific before the more
// general: the first that is sure names the session. A new codec is one line.
var services = []*proto.Codec{}

// Services gives the codecs a run uses when Options name none.
func Services() []*proto.Codec { return services }
