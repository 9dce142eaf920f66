import { Injectable } from '@nestjs/common';

/** What the process is doing, for /health/ready: a balancer must stop sending before we stop listening. */
@Injectable()
export class Lifecycle {
  private state: 'starting' | 'ready' | 'stopping' = 'starting';

  get current(): 'starting' | 'ready' | 'stopping' {
    return this.state;
  }

  ready(): void {
    this.state = 'ready';
  }

  stopping(): void {
    this.state = 'stopping';
  }
}
