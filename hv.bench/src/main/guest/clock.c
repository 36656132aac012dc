/* What time is it: a sleep of ten seconds between two lines, then the guest's clock every tenth of a second: "@T nanoseconds". */
#include "bench.h"
int main(int c,char**v){long n=argn(c,v,1,300);
 struct timespec ten={10,0},tenth={0,100000000},t;
 bstart("sleep10");nanosleep(&ten,0);bend(10,"s/s",0);
 for(long i=0;i<n;i++){char b[48];nanosleep(&tenth,0);clock_gettime(CLOCK_MONOTONIC,&t);
  int l=snprintf(b,48,"@T %lld%09ld\n",(long long)t.tv_sec,t.tv_nsec);if(write(1,b,l)<0)return 9;}
 return 0;}
