/* Integer work in registers and in 4 KiB of memory, by an instruction mix of about 1/5 memory accesses and 1/10 branches; for guest
   instructions a second. The first tenth is not timed. */
#include "bench.h"
static uint64_t cell[512];
static uint64_t work(long n,uint64_t x){
 for(long i=0;i<n;i++){x^=x<<13;x^=x>>7;x^=x<<17;uint64_t*p=&cell[x&511];*p+=x;if(*p&64)x+=i;else x-=3;x=x*5+(*p>>3);}
 return x;}
int main(int c,char**v){long n=argn(c,v,1,400000000);uint64_t x=work(n/10,88172645463325252ull);
 bstart("intloop");x=work(n,x);bend(n,"loops/s",0);printf("intloop %llx\n",(unsigned long long)x);return 0;}
