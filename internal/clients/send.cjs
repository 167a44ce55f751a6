// Sends the HL7 messages given as a JSON list on standard input over one MLLP
// session with simple-hl7, each after the acknowledgement of the one before:
// node send.cjs PORT
const hl7 = require('simple-hl7')

const client = hl7.Server.createTcpClient({ host: '127.0.0.1', port: Number(process.argv[2]), keepalive: true })
const parser = new hl7.Parser()
let text = ''
process.stdin.on('data', (part) => { text += part })
process.stdin.on('end', () => next(JSON.parse(text)))

function next(messages) {
  if (messages.length === 0) {
    process.exit(0)
  }
  client.send(parser.parse(messages[0]), (err, ack) => {
    if (err) {
      console.error(err)
      process.exit(1)
    }
    console.log(ack.getSegment('MSA').fields[0].value.toString())
    setImmediate(next, messages.slice(1))
  })
}
