/* Throughput of 1 .. 64 threads of the same work, each on a CPU of its own. Reads lines "threads milliseconds", answers "@R threads units nanoseconds". Runs in the guest and on the host. */
#include "bench.h"
#include <pthread.h>
#include <sched.h>
#define MOST 64
static volatile int stop;static int go;
struct worker{pthread_t thread;long units;int cpu;uint32_t table[4096];char apart[128];};
static struct worker workers[MOST];
static int nth(int n){cpu_set_t s;if(sched_getaffinity(getpid(),sizeof s,&s)){perror("affinity");exit(1);}
 for(int c=0;c<CPU_SETSIZE;c++)if(CPU_ISSET(c,&s)&&n--==0)return c;return -1;}
static void*work(void*a){struct worker*w=a;cpu_set_t s;CPU_ZERO(&s);CPU_SET(w->cpu,&s);if(sched_setaffinity(0,sizeof s,&s)){perror("affinity");exit(1);}
 uint64_t x=88172645463325252u+w->cpu;uint32_t sum=0;long units=0;while(!__atomic_load_n(&go,__ATOMIC_ACQUIRE)){}
 while(!stop){for(int i=0;i<20000;i++){x^=x<<13;x^=x>>7;x^=x<<17;uint32_t*p=&w->table[x&4095];sum=(sum<<5|sum>>27)^*p;*p+=(uint32_t)(x>>32)*2654435761u;}units++;}
 w->units=units;w->table[0]^=sum;return 0;}
int main(void){char line[64];setvbuf(stdout,0,_IOLBF,0);printf("@READY %d\n",nth(1)>=0?2:1);
 while(fgets(line,sizeof line,stdin)){long n=0,ms=0;if(sscanf(line,"%ld %ld",&n,&ms)!=2||n<1||n>MOST||ms<1||ms>60000)continue;
  stop=0;__atomic_store_n(&go,0,__ATOMIC_RELEASE);
  for(int i=0;i<n;i++){workers[i].cpu=nth(i);if(workers[i].cpu<0){printf("@R %ld 0 0\n",n);n=0;break;}if(pthread_create(&workers[i].thread,0,work,&workers[i])){perror("thread");return 1;}}
  if(!n)continue;
  usleep(20000);double t0=now();__atomic_store_n(&go,1,__ATOMIC_RELEASE);usleep(ms*1000);stop=1;double t=now()-t0;long sum=0;
  for(int i=0;i<n;i++){pthread_join(workers[i].thread,0);sum+=workers[i].units;}
  printf("@R %ld %ld %.0f\n",n,sum,t*1e9);}
 return 0;}
