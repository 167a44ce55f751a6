package fingerprint

import (
	"ward/asset/device"
	"ward/wire/proto/mssql"
	"ward/wire/proto/mysql"
	"ward/wire/proto/postgres"
)

// databaseFact reads the greetings of databases.
func (r *Reader) databaseFact() {
	switch f := r.seen.Fact.(type) {
	case mssql.Server:
		r.software(r.from(), "Microsoft SQL Server", f.Version, "mssql.version", device.Strong, "TDS pre-login version")
		r.claim(r.from(), device.FieldOS, "Windows", "mssql.version", device.Weak, "runs SQL Server")
	case mssql.Client:
		r.host(r.from(), f.Host, "mssql.client", "TDS client host name", device.Strong)
	case mssql.Login:
		r.login(r.resp(), "mssql", true, f.Default)
	case mysql.Server:
		r.software(r.from(), "MySQL", f.Version, "mysql.version", device.Strong, "MySQL greeting")
	case mysql.Session:
		if f.NoPassword {
			r.withoutPassword(r.resp(), "mysql", !f.TLS)
		}
	case postgres.Server:
		r.software(r.from(), "PostgreSQL", f.Version, "postgres.version", device.Strong, "server_version parameter")
	}
}
