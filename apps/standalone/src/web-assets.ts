import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { AppError, sendProblem } from '@logstead/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Vite puts a hash of the content into these files' names, so they never change. */
const HASHED_FOLDER = '/assets/';
const FOREVER = 'public, max-age=31536000, immutable';
/** The page names the hashed files of its build: it must be asked for each time (an ETag makes that cheap). */
const ALWAYS_ASK = 'no-cache';
const SERVER_PATHS = /^\/(?:api|health|metrics)(?:[/?]|$)/;

/** Where the explorer's build is: beside the product's bundle. */
export function webFolder(): string {
  return join(__dirname, '..', 'web');
}

/**
 * Serves the explorer. Addresses it makes up itself (`/explore`, `/sign-in`) get its page; an unknown file or API
 * route is a 404 and not the page, so that a broken deployment shows.
 */
export async function serveWeb(server: FastifyInstance, folder: string): Promise<boolean> {
  if (!existsSync(join(folder, 'index.html'))) return false;
  await server.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    globIgnore: ['**/*.map'],
    cacheControl: false,
    setHeaders: (response, path) => {
      const forever = path.slice(folder.length).replaceAll('\\', '/').startsWith(HASHED_FOLDER);
      response.header('cache-control', forever ? FOREVER : ALWAYS_ASK);
    },
  });
  return true;
}

/** Answers what no route answers. */
export function answerUnknown(folder: string | null): (request: FastifyRequest, reply: FastifyReply) => void {
  return (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    if (folder !== null && (request.method === 'GET' || request.method === 'HEAD') && isPage(path)) {
      void reply.sendFile('index.html', folder);
      return;
    }
    sendProblem(reply, new AppError({ code: 'not_found', message: 'There is nothing at this address.' }));
  };
}

function isPage(path: string): boolean {
  return !SERVER_PATHS.test(path) && !/\.[A-Za-z0-9]{1,8}$/.test(path);
}
