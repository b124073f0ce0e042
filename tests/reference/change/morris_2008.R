suppressMessages({library(metafor); library(jsonlite)})
# Example data of Morris (2008), Table 1, as shown at metafor's documentation of standardised mean changes
datT <- data.frame(m_pre=c(30.6,23.5,0.5,53.4,35.6), m_post=c(38.5,26.8,0.7,75.9,36.0), sd_pre=c(15.0,3.1,0.1,14.5,4.7), sd_post=c(11.6,4.1,0.1,4.4,4.6), ni=c(20,50,9,10,14), ri=c(.47,.64,.77,.89,.44))
datC <- data.frame(m_pre=c(23.1,24.9,0.6,55.7,34.8), m_post=c(19.7,25.3,0.6,60.7,33.4), sd_pre=c(13.8,4.1,0.2,17.3,3.1), sd_post=c(14.8,3.3,0.2,17.9,6.9), ni=c(20,42,9,11,14), ri=c(.47,.64,.77,.89,.44))
one <- function(d, measure) if (measure=="SMCR") escalc(measure="SMCR", m1i=m_post, m2i=m_pre, sd1i=sd_pre, ni=ni, ri=ri, data=d) else escalc(measure=measure, m1i=m_post, m2i=m_pre, sd1i=sd_pre, sd2i=sd_post, ni=ni, ri=ri, data=d)
out <- list(treatment=datT, control=datC)
for (m in c("SMCR","SMCRH","SMCC")) for (g in c("treatment","control")) { e <- one(out[[g]], m); out[[paste(m,g,sep="_")]] <- list(yi=as.numeric(e$yi), vi=as.numeric(e$vi)) }
out$difference <- list(yi=out$SMCR_treatment$yi-out$SMCR_control$yi, vi=out$SMCR_treatment$vi+out$SMCR_control$vi)
sdp <- with(datT, sqrt(((ni-1)*sd_pre^2 + (datC$ni-1)*datC$sd_pre^2)/(ni+datC$ni-2)))
d <- metafor:::.cmicalc(datT$ni+datC$ni-2) * with(datT, (m_post-m_pre) - (datC$m_post-datC$m_pre))/sdp
out$pooled <- list(yi=d, vi=2*(1-datT$ri)*(1/datT$ni+1/datC$ni)+d^2/(2*(datT$ni+datC$ni)))
out$`_meta` <- list(R=R.version.string, metafor=as.character(packageVersion("metafor")))
write_json(out, "morris_2008.json", digits=NA, auto_unbox=TRUE, pretty=TRUE)

