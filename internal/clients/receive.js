// Receives HL7 over MLLP with node-hl7-server and acknowledges: node receive.js PORT
import { Server } from 'node-hl7-server'

const server = new Server({ bindAddress: '127.0.0.1' })
const inbound = server.createInbound({ port: Number(process.argv[2]) }, async (req, res) => {
  await res.sendResponse('AA')
})
inbound.on('listen', () => console.log('listening'))
process.stdin.on('end', () => process.exit(0)).resume()
