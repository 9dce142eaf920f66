import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { AppError } from '@logstead/errors';

export interface BodyLimits {
  /** Bytes as they come over the wire. */
  readonly maxBodyBytes: number;
  /** Bytes after decompression. */
  readonly maxDecompressedBytes: number;
}

const DECOMPRESS = {
  gzip: promisify(gunzip) as Decompress,
  zstd: promisify(zstdDecompress) as Decompress,
  deflate: promisify(inflate) as Decompress,
};
const rawInflate = promisify(inflateRaw) as Decompress;
type Decompress = (body: Buffer, options: { maxOutputLength: number; chunkSize: number }) => Promise<Buffer>;
type Encoding = keyof typeof DECOMPRESS | 'identity';

/** Output is collected in pieces of this size; larger ones save joins, smaller ones memory. */
const CHUNK_BYTES = 256 * 1024;

/** @throws AppError `unsupported_encoding` */
export function encodingOf(header: string | undefined): Encoding {
  const name = (header ?? 'identity').trim().toLowerCase();
  if (name === '' || name === 'identity') return 'identity';
  if (name === 'x-gzip') return 'gzip';
  if (name === 'gzip' || name === 'deflate' || name === 'zstd') return name;
  throw new AppError({
    code: 'unsupported_encoding',
    message: `Content-Encoding "${name.slice(0, 60)}" is not known; use gzip, deflate, zstd or none.`,
    details: { field: 'Content-Encoding', observed: name.slice(0, 60), allowed: ['gzip', 'deflate', 'zstd'] },
  });
}

/**
 * Reads a body to its end, never holding more than the limits allow.
 *
 * @returns the decompressed body in pieces that belong to the caller
 * @throws AppError `body_too_large`, `invalid_encoding`
 */
export async function readBody(
  stream: Readable,
  encoding: Encoding,
  declaredBytes: number | undefined,
  limits: BodyLimits,
): Promise<{ chunks: Buffer[]; length: number }> {
  if (declaredBytes !== undefined && declaredBytes > limits.maxBodyBytes)
    throw tooLarge(declaredBytes, limits.maxBodyBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limits.maxBodyBytes) throw tooLarge(length, limits.maxBodyBytes);
    chunks.push(chunk);
  }
  const plain =
    encoding === 'identity' ? chunks : [await decompress(chunks, encoding, limits.maxDecompressedBytes)];
  length = plain.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length > limits.maxDecompressedBytes) throw tooLarge(length, limits.maxDecompressedBytes);
  return { chunks: plain, length };
}

async function decompress(
  chunks: Buffer[],
  encoding: keyof typeof DECOMPRESS,
  limit: number,
): Promise<Buffer> {
  const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  const options = { maxOutputLength: limit, chunkSize: CHUNK_BYTES };
  try {
    // Some senders mean a raw deflate stream by "deflate"; a zlib header's low nibble is always 8 (RFC 1950).
    const isRaw = encoding === 'deflate' && body.length > 0 && (body[0]! & 0x0f) !== 8;
    return await (isRaw ? rawInflate : DECOMPRESS[encoding])(body, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(undefined, limit);
    throw new AppError({
      code: 'invalid_encoding',
      message: `The body is no complete ${encoding} stream: ${error instanceof Error ? error.message : 'unreadable'}.`,
      details: { field: 'Content-Encoding', observed: encoding },
      cause: error,
    });
  }
}

function tooLarge(observed: number | undefined, limit: number): AppError {
  return new AppError({
    code: 'body_too_large',
    message: `The body has ${observed === undefined ? 'more than the allowed' : `${observed}`} bytes, the limit is ${limit}. Send smaller batches.`,
    details: { field: 'body', ...(observed === undefined ? {} : { observed }), limit },
  });
}
